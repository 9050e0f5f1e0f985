"""What a step records: answers as typed, drafts, and the records they become."""
