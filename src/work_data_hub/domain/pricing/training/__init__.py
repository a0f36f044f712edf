"""Price bands: learnt from what is past, calibrated out of fold, judged on later deals."""
