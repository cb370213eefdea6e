"""What the widgets share: their base, kinds of traits, links, stills, and the pieces of their front ends."""
