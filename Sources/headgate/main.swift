print("headgate")
