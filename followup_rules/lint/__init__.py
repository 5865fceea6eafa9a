"""Analysis of rules that can be read and yet cannot do what was meant. Pure: what is known of the rest is given."""
