"""The worked examples, term by term: every number that the text quotes can be asked for by name.

The functions here take what the formulas of the text take, hard masks or probabilities, and compute each
term as written. The losses of the package take logits; the tests hold the two to the same values.
"""
