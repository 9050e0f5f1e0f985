"""An invented institution to try Pandu with: its people, and the processes of simulator and bot beside each other."""
