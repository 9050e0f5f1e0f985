"""Tell the kasi, then the Kepala, of a step that stays late, until one of them takes it on."""
