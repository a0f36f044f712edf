"""WorkDataHub: files arrive, trusted tables come out."""
