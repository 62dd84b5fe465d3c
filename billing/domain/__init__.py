"""What a charge detail record says, and how it is proved to be the same again. Pure."""
