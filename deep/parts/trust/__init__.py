"""What a trust region needs: weights as one vector, and a linear system solved without its matrix."""
