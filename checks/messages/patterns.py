"""How an error is recognised by its text."""

#: What an error looks like, as a regular expression: the message, then the learner's own line. And
#: what to say of it: a title, an explanation and a hint. In these `{0}` is the first group, `{0:a}`
#: the same with its article, `{where}` the learner's line, and `{combined}` what the operation that
#: failed does with two tensors: "added".
Patterns = tuple[tuple[str, tuple[str, str, str]], ...]
