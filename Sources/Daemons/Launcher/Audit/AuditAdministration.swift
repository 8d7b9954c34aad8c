package import EventLoop
internal import FoundationEssentials
internal import JSON
internal import Operations
package import Records
internal import Stores
internal import SystemCalls
package import Tenancy
internal import WireAPI

/// What `scorable audit` does, with the rights of whoever can read the settings: it sees what every organisation did.
package struct AuditAdministration: Sendable {
    private let chains: AuditChainStore
    private let store: AuditStore
    private let verification: AuditVerification
    private let organizations: OrganizationStore
    private let reads: AuditReads
    private let form: QueueAdministration.Form

    private static let pageSize = 500
    private static let largestFile = 64 << 20

    /// - Throws: `SettingsError` when the settings file does not say where the stores are.
    package init(
        _ installation: Installation, on loops: LoopGroup, form: QueueAdministration.Form = .text
    ) throws {
        let administration = try Administration(installation, on: loops)
        (chains, store) = (administration.auditChains, administration.auditStore)
        verification = administration.auditVerification
        reads = AuditReads(audit: administration.audit, actor: installation.actor)
        organizations = administration.organizations
        self.form = form
    }

    // MARK: Verifying

    /// A place that somebody has noted: where verifying begins.
    package struct Anchor: Sendable, LosslessStringConvertible {
        let position: Int64
        let hash: String?

        /// `POSITION` or `POSITION:HASH`; `nil` for anything else.
        package init?(_ text: String) {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard (1...2).contains(parts.count), let position = Int64(parts[0]), position > 0 else { return nil }
            self.position = position
            hash = parts.count == 2 ? parts[1].lowercased() : nil
        }

        package var description: String { hash.map { "\(position):\($0)" } ?? "\(position)" }
    }

    /// What came of it: words, and whether every chain is whole.
    package struct Verdict: Sendable {
        package let text: String
        package let isWhole: Bool
    }

    /// Goes over the chain of an organisation, of the installation, or over all of them. `progress` is told what to show
    /// meanwhile.
    package func verify(
        _ selection: ChainSelection, from anchor: Anchor?, marksIn file: String? = nil,
        progress: @escaping @Sendable (String) -> Void
    ) async throws -> Verdict {
        let marks = try file.map { try read(marksIn: $0) } ?? AuditMarks([])
        var found = try await chains(selection)
        if case .all = selection {
            // Also those of which nothing is left but the marks.
            found += Set(marks.seals.map(\.chain)).subtracting(found).sorted { $0.id.uuidString < $1.id.uuidString }
        }
        if anchor != nil, found.count != 1 {
            throw WrongInput("--from is a place in one chain. Name its organization, or --installation.")
        }
        let names = try await names()
        var verdicts: [AuditVerdict] = []
        for chain in found {
            let name = names[chain] ?? chain.id.lowercaseText
            let start = try await place(anchor, in: chain)
            let verdict = try await verification.verify(chain, from: start, known: marks) { position, last in
                progress("\(name.shown): \(position)" + (last < .max ? " of \(last)" : ""))
            }
            verdicts.append(AuditVerdict(verdict, name: name, at: Date()))
        }
        let isWhole = verdicts.allSatisfy { $0.fault == nil }
        return Verdict(text: form.text(of: AuditVerdicts(isWhole: isWhole, chains: verdicts), \.text), isWhole: isWhole)
    }

    /// The marks of the chains: lines to be added to a file that is kept elsewhere.
    package func marks(of selection: ChainSelection) async throws -> String {
        try await verification.marks(of: try await chains(selection)).text
    }

    private func read(marksIn file: String) throws -> AuditMarks {
        let text = String(decoding: try FileContents.read(file, limit: Self.largestFile), as: UTF8.self)
        do {
            let marks = try AuditMarks(reading: text)
            if let foreign = verification.firstForeign(of: marks) {
                throw LauncherFailure(
                    "\(file): the mark of entry \(foreign.place.position) was not made by this installation, or was altered."
                )
            }
            return marks
        } catch let wrong as AuditMarks.WrongLine {
            throw WrongInput("\(file), line \(wrong.number): this is no mark as scorable audit marks prints them.")
        }
    }

    private func place(_ anchor: Anchor?, in chain: AuditChain) async throws -> AuditPlace {
        guard let anchor else { return AuditChain.start }
        guard let place = try await chains.place(at: anchor.position, of: chain) else {
            throw LauncherFailure("The chain has no entry \(anchor.position): it was cut off, or there never was one.")
        }
        guard anchor.hash.map({ $0 == place.hexadecimalHash }) ?? true else {
            throw LauncherFailure("Entry \(anchor.position) has another hash than you have noted: it was altered.")
        }
        return place
    }

    // MARK: Reading

    /// Whose entries are meant.
    package enum ChainSelection: Sendable {
        case all
        case installation
        /// By name or identifier.
        case organization(String)
    }

    /// The latest entries, the newest last.
    package func list(_ selection: ChainSelection, _ filter: AuditSelection, limit: Int) async throws -> String {
        let filter = try filter.filter
        var found: [ChainedAuditEntry] = []
        for chain in try await chains(selection) {
            found += try await store.newest(of: chain, matching: filter, limit: limit)
        }
        await reads.keep("list", of: selection, filter)
        found.sort { ($0.entry.createdAt, $0.entry.id) < ($1.entry.createdAt, $1.entry.id) }
        let shown = found.suffix(limit).map(OperatorAuditEntry.init)
        return form.text(of: OperatorAuditPage(results: shown, next: nil), \.text)
    }

    /// One entry.
    package func show(_ id: String) async throws -> String {
        guard let id = AuditEntryID(id) else { throw WrongInput("“\(id)” is not the identifier of an entry.") }
        guard let found = try await store.find(id) else { throw LauncherFailure("There is no entry \(id).") }
        await reads.keep("show", of: id)
        return form.text(of: OperatorAuditEntry(found), \.text)
    }

    /// Hands over what is done from now on, until it is cancelled.
    package func tail(
        _ selection: ChainSelection, _ filter: AuditSelection, _ write: @escaping @Sendable (String) -> Void
    ) async throws {
        let filter = try filter.filter
        await reads.keep("tail", of: selection, filter)
        var places: [AuditChain: Int64] = [:]
        for chain in try await chains(selection) { places[chain] = try await chains.head(of: chain)?.position ?? 0 }
        while true {
            for chain in try await chains(selection) {
                let head = try await chains.head(of: chain)?.position ?? 0
                let found = try await chains.entries(
                    of: chain, behind: places[chain] ?? 0, limit: Self.pageSize, matching: filter)
                for entry in found { write(line(of: OperatorAuditEntry(entry))) }
                let last = found.last?.place.position ?? 0
                places[chain] = found.count < Self.pageSize ? max(last, head, places[chain] ?? 0) : last
            }
            try await Loop.current?.sleep(for: .seconds(1))
        }
    }

    private func line(of entry: OperatorAuditEntry) -> String {
        switch form {
        case .text: entry.line
        case .json: QueueAdministration.Form.line(of: entry)
        }
    }

    /// Writes every entry, chain by chain in the order of the positions.
    package func export(
        _ selection: ChainSelection, _ filter: AuditSelection, as format: String, _ write: ([UInt8]) -> Void
    ) async throws {
        guard let format = AuditTable.Format(rawValue: format) else {
            throw WrongInput(
                "--format is one of: \(AuditTable.Format.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        let filter = try filter.filter
        var table = AuditTable(format)
        let whole = try await chains(selection)
        var ends: [AuditChain: Int64] = [:]
        for chain in whole { ends[chain] = try await chains.head(of: chain)?.position ?? 0 }
        await reads.keep("export", of: selection, filter)
        for chain in whole {
            var position: Int64 = 0
            while true {
                let found = try await chains.entries(
                    of: chain, behind: position, limit: Self.pageSize, matching: filter)
                // What came since then, such as the entry of this export, is another one's.
                for entry in found where entry.place.position <= ends[chain] ?? 0 { table.add(entry) }
                write(table.take())
                guard found.count == Self.pageSize, let last = found.last else { break }
                position = last.place.position
            }
        }
        write(table.take())
    }

    // MARK: Names

    private func chains(_ selection: ChainSelection) async throws -> [AuditChain] {
        switch selection {
        case .all: try await verification.chains()
        case .installation: [.installation]
        case .organization(let name): [AuditChain(of: try await organizations.named(name))]
        }
    }

    private func names() async throws -> [AuditChain: String] {
        var names: [AuditChain: String] = [.installation: "the installation"]
        for organization in try await organizations.all() { names[AuditChain(of: organization.id)] = organization.name }
        return names
    }
}

/// Which entries are meant, as it stands on a command line.
package struct AuditSelection: Sendable {
    package var actor: String?
    package var action: String?
    package var subject: String?
    package var outcome: String?
    package var address: String?
    package var since: String?
    package var until: String?
    package var text: String?

    package init() {}

    /// - Throws: `WrongInput` that says which word is not understood.
    var filter: AuditFilter {
        get throws {
            let words = AuditEntry.Outcome.allCases.map(\.rawValue).joined(separator: ", ")
            let kept = try outcome.map { word in
                guard let outcome = AuditEntry.Outcome(rawValue: word) else {
                    throw WrongInput("--outcome is one of: \(words).")
                }
                return outcome
            }
            return AuditFilter(
                actor: actor, action: action, subject: subject, outcome: kept, address: address,
                since: try Self.moment(since, "--since"), until: try Self.moment(until, "--until"), text: text)
        }
    }

    private static func moment(_ text: String?, _ option: String) throws -> Date? {
        guard let text else { return nil }
        guard let date = ISO8601.date(text) else {
            throw WrongInput("\(option) is a moment, such as 2027-01-31 or 2027-01-31T12:00:00Z.")
        }
        return date
    }
}
