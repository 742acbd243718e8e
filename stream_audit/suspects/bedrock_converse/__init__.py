"""The streams of Amazon Bedrock's Converse: the textbook, and folds with one fault each."""
