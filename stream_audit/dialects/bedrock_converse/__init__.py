"""The streams of Amazon Bedrock's Converse."""
