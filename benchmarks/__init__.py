"""What a tap costs, beside a bare python-telegram-bot bot on the same machine in the same run. Run with `make bench`.

The bots are processes of their own and meet the same stand-in for Telegram, the simulator. Their CPU is what the
kernel counted for the process; a figure is quoted beside its floor and, where there is one, its goal.
"""
