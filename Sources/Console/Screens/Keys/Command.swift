/// What a key does, by the place where it is pressed.
package enum Command: Sendable, Hashable {
    case everywhere(EverywhereCommand)
    case signIn(SignInCommand)
    case executions(ExecutionsCommand)
    case filter(FilterCommand)
    case detail(DetailCommand)
    case help(HelpCommand)
}

/// What works in every place.
package enum EverywhereCommand: Sendable, Hashable {
    case help, quit, interrupt, suspend, redraw
}

/// Moving in a list or a text.
package enum Move: Sendable, Hashable {
    case up, down, pageUp, pageDown, start, end
}

/// What works in the sign-in form.
package enum SignInCommand: Sendable, Hashable {
    case submit, otherField
}

/// What works in the list of executions.
package enum ExecutionsCommand: Sendable, Hashable {
    case move(Move)
    case open, filter, showAll, reload
}

/// What works while a filter is typed.
package enum FilterCommand: Sendable, Hashable {
    case apply, cancel
}

/// What works in an execution that is open.
package enum DetailCommand: Sendable, Hashable {
    case move(Move)
    case back, nextSection, previousSection, nextItem, previousItem, unfold, reload
    case openPart(Int)
}

/// What works in the help.
package enum HelpCommand: Sendable, Hashable {
    case move(Move)
    case close
}

/// Where keys are pressed; each place has its own table.
package enum KeyContext: Sendable, Hashable, CaseIterable {
    case signIn
    case executions
    case filter
    case detail
    case help
}
