package goid

func get() uintptr
