package import Terminal

extension Key {
    /// The key as it is written for people.
    package var name: String {
        var name = ""
        if modifiers.contains(.control) { name += "Ctrl-" }
        if modifiers.contains(.alt) { name += "Alt-" }
        if modifiers.contains(.shift) { name += "Shift-" }
        switch code {
        case .character(" "): return name + "Space"
        case .character(let scalar):
            return name + (modifiers.contains(.control) ? String(scalar).uppercased() : String(scalar))
        case .enter: return name + "Enter"
        case .tab: return name + "Tab"
        case .escape: return name + "Esc"
        case .backspace: return name + "Backspace"
        case .insert: return name + "Ins"
        case .delete: return name + "Del"
        case .up: return name + "Up"
        case .down: return name + "Down"
        case .left: return name + "Left"
        case .right: return name + "Right"
        case .home: return name + "Home"
        case .end: return name + "End"
        case .pageUp: return name + "PgUp"
        case .pageDown: return name + "PgDn"
        case .function(let number): return name + "F\(number)"
        }
    }
}
