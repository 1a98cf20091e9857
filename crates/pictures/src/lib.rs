//! What a picture holds, and its smaller copies, made under limits of pixels, bytes and time in a bounded pool.
