package import Terminal

/// What a person chose for themselves; kept from one start to the next.
package struct Preferences: Sendable, Hashable, Codable {
    package var theme = ThemeName.dark
    package var isMouseOn = false
    package var views: [SavedView] = []
    /// What was written and not saved at the server.
    package var unsavedTexts: [UnsavedText] = []

    package init() {}

    /// What an older console kept lacks what it did not know.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        theme = try values.decodeIfPresent(ThemeName.self, forKey: .theme) ?? theme
        isMouseOn = try values.decodeIfPresent(Bool.self, forKey: .isMouseOn) ?? isMouseOn
        views = try values.decodeIfPresent([SavedView].self, forKey: .views) ?? views
        unsavedTexts = try values.decodeIfPresent([UnsavedText].self, forKey: .unsavedTexts) ?? unsavedTexts
    }

    /// The views of a room.
    func views(of room: Room) -> [SavedView] { views.filter { $0.room == room } }

    /// Adds a view, in place of one with its name.
    mutating func save(_ view: SavedView) {
        views.removeAll(where: view.isInPlace(of:))
        views.append(view)
    }
}

/// Several consoles of one person keep their preferences in one place: what one has kept, the other does not undo.
package struct PreferenceMerge: Sendable {
    /// What this console has had itself: what is stored beside it came from another one.
    private var known: Preferences

    /// Begins with what was read at the start.
    package init(_ read: Preferences = Preferences()) { known = read }

    /// What is to be stored where this console prefers something new and `stored` is there now.
    package mutating func merge(_ new: Preferences, into stored: Preferences) -> Preferences {
        var merged = new
        for view in stored.views where !known.views.contains(view) && !new.views.contains(where: view.isInPlace(of:)) {
            merged.views.append(view)
        }
        for text in stored.unsavedTexts
        where !known.unsavedTexts.contains(text) && !new.unsavedTexts.contains(where: text.isSameEdit(as:)) {
            merged.unsavedTexts.append(text)
        }
        known = new
        return merged
    }
}

/// A list as someone likes to see it.
package struct SavedView: Sendable, Hashable, Codable {
    package let name: String
    package let room: Room
    package let query: String
    package let sorting: Sorting

    package init(name: String, room: Room, query: String, sorting: Sorting) {
        self.name = name
        self.room = room
        self.query = query
        self.sorting = sorting
    }

    /// Whether it has the name that another one has in the same room.
    func isInPlace(of other: SavedView) -> Bool { room == other.room && name == other.name }
}
