"""How everything is said and asked: texts, dates, markup, buttons, replies, questions, screens; imports no other room."""
