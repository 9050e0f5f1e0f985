"""One child: found, looked at, leaving and back."""
