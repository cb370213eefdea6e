"""What a course takes from the book: slides, copies for students, papers, one file."""
