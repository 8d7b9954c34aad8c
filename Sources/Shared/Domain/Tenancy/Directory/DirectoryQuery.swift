package import FoundationEssentials

/// Which people or groups are looked for, in which order, and which part of them is shown.
package struct DirectoryQuery: Sendable, Hashable {
    /// `nil` for all of them.
    package var filter: DirectoryFilter?
    /// `nil` for the order in which they were made.
    package var sorting: Sorting?
    /// How many come before those that are shown.
    package var offset: Int
    /// How many are shown at most; 0 to count only.
    package var limit: Int

    package init(filter: DirectoryFilter? = nil, sorting: Sorting? = nil, offset: Int = 0, limit: Int = 100) {
        self.filter = filter
        self.sorting = sorting
        self.offset = offset
        self.limit = limit
    }

    /// By what they are sorted.
    package struct Sorting: Sendable, Hashable {
        package let attribute: DirectoryAttribute
        package let descends: Bool

        package init(attribute: DirectoryAttribute, descends: Bool) {
            self.attribute = attribute
            self.descends = descends
        }
    }
}

/// A condition on people or groups.
package indirect enum DirectoryFilter: Sendable, Hashable {
    case all([DirectoryFilter])
    case any([DirectoryFilter])
    case not(DirectoryFilter)
    /// The attribute has a value.
    case has(DirectoryAttribute)
    case compares(DirectoryAttribute, DirectoryComparison, DirectoryValue)
    /// One of several values fulfils a condition on its own attributes.
    case element(DirectoryCollection, DirectoryFilter)
    /// Asks for what nobody here has.
    case nothing
}

/// How an attribute is compared. Texts are compared without regard to case, but for those that a program made.
package enum DirectoryComparison: Sendable, Hashable {
    case equal
    case contains
    case startsWith
    case endsWith
    case greater
    case greaterOrEqual
    case less
    case lessOrEqual
}

/// What an attribute is compared with.
package enum DirectoryValue: Sendable, Hashable {
    case text(String)
    case flag(Bool)
    case moment(Date)
}

/// What people, groups, and the elements of their collections are asked about.
package enum DirectoryAttribute: Sendable, Hashable, CaseIterable {
    case id
    case externalID
    case createdAt
    case updatedAt
    case userName
    case displayName
    case givenName
    case familyName
    case formattedName
    case isActive
    /// Of an element: an address, or the identifier of a group or member.
    case value
    case type
    case isPrimary
    /// Of an element: the name of a group.
    case display
}

/// What there are several of.
package enum DirectoryCollection: Sendable, Hashable {
    /// A person's email addresses.
    case addresses
    /// The groups that a person is in.
    case groups
    /// The people in a group.
    case members
}

/// A part of a list, and how long the list is.
package struct DirectoryPage<Item: Sendable>: Sendable {
    package let items: [Item]
    package let total: Int

    package init(items: [Item], total: Int) {
        self.items = items
        self.total = total
    }
}
