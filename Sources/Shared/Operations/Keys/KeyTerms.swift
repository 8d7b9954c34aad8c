package import FoundationEssentials
package import Tenancy
package import WireAPI

/// What somebody wants of a key, in values that cannot be wrong by themselves.
package struct KeyTerms: Sendable, Hashable {
    package let name: String
    package let projectID: ProjectID?
    package let scopes: Scopes
    package let expiresAt: Date?
    package let addressRanges: [AddressRange]
    /// Whether the key opens its project and nothing else.
    package let isConfined: Bool

    /// Reads what a client wants of a key that is made at `moment`. Under a policy that limits the age of keys, one that
    /// is given no end gets the latest that there may be.
    /// - Throws: `InvalidDefinition`, naming every field that is wrong.
    package init(
        _ draft: OperatorAPIKeyDraft, under policy: SignInPolicy, at moment: Date
    ) throws(InvalidDefinition) {
        var problems: [InvalidDefinition.Problem] = []
        var scopes = Scopes.everything
        do throws(InvalidDefinition) {
            if let words = draft.scopes { scopes = try Scopes(given: words, field: "scopes") }
        } catch {
            problems += error.problems
        }
        let texts = draft.addressRanges ?? []
        let ranges = texts.compactMap(AddressRange.init)
        let latest = policy.keyAgeLimit.map { moment.addingTimeInterval(TimeInterval($0.components.seconds)) }
        do throws(InvalidDefinition) {
            try InvalidDefinition.check { findings in
                findings.name(draft.name, in: 1...200, field: "name")
                findings.check(end: draft.expiresAt, from: moment, to: latest)
                if ranges.count < texts.count {
                    findings.add(
                        "address_ranges",
                        "An entry is an address or a range of them, such as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32, "
                            + "with nothing behind the prefix.")
                }
                if draft.confined == true, draft.projectID == nil {
                    findings.add("project_id", "Name the project that the key is confined to.")
                }
                if texts.count > APIKey.mostRanges {
                    findings.add("address_ranges", "A key has at most \(APIKey.mostRanges) of them.")
                }
            }
        } catch {
            problems += error.problems
        }
        guard problems.isEmpty else { throw InvalidDefinition(problems: problems) }
        name = draft.name
        projectID = draft.projectID.map(ProjectID.init(uuid:))
        self.scopes = scopes
        expiresAt = draft.expiresAt ?? latest
        addressRanges = ranges
        isConfined = draft.confined ?? false
    }

    /// Those of the key that takes the place of another: the same, for as long again.
    /// - Throws: `InvalidDefinition` about the end that is asked for.
    package init(
        inPlaceOf former: APIKey, ending end: Date?, under policy: SignInPolicy, at moment: Date
    ) throws(InvalidDefinition) {
        let latest = policy.keyAgeLimit.map { moment.addingTimeInterval(TimeInterval($0.components.seconds)) }
        try InvalidDefinition.check { $0.check(end: end, from: moment, to: latest) }
        let lifetime = former.expiresAt.map { $0.timeIntervalSince(former.createdAt) }
        let again = lifetime.map { moment.addingTimeInterval($0) }
        name = former.name
        projectID = former.projectID
        scopes = former.scopes
        expiresAt = end ?? [again, latest].compactMap { $0 }.min()
        addressRanges = former.addressRanges
        isConfined = former.isConfined
    }
}

extension InvalidDefinition.Findings {
    fileprivate mutating func check(end: Date?, from moment: Date, to latest: Date?) {
        guard let end else { return }
        if end <= moment { add("expires_at", "This moment is over.") }
        if let latest, end > latest {
            add(
                "expires_at",
                "Keys of this organization live at most until \(latest.formatted(.iso8601)), by its policy.")
        }
    }
}
