package import FoundationEssentials
import Tenancy
package import Terminal
import WireAPI

/// The person who is signed in: who they are, how the console looks for them, and their open sessions.
package struct ProfileScreen: Screen {
    /// What keys, menus and the palette can make it do.
    package enum Command: Sendable, Hashable {
        case themes, doctor, mouse
        case editName, rename(String)
        case editPassword, oldPassword(String), newPassword(old: String, new: String)
        case changePassword(old: String, new: String, again: String)
        case endSession, ended(UUID)
        case signOut
        case keys
        case secondFactor, enrol, removeFactor, renewCodes
    }

    package static let bindings: [Binding<Command>] = [
        Binding([.character("t")], .themes, hint: "theme", "Choose a theme"),
        Binding([.character("d")], .doctor, hint: "doctor", "Show what is known of the terminal and the connection"),
        Binding([.character("o")], .mouse, "Turn the mouse on or off"),
        Binding([.character("a")], .keys, hint: "keys", "Show your API keys", needs: .apiKeyRead),
        Binding([.character("E")], .editName, hint: "name", "Change your name", .action),
        Binding([.character("P")], .editPassword, hint: "password", "Change your password", .action),
        Binding(
            [.character("F")], .secondFactor, hint: "second factor",
            "Set up a second factor; or remove it, or make new recovery codes", .action),
        Binding([.character("D")], .endSession, hint: "end session", "End the session under the cursor", .action),
        Binding([.character("S")], .signOut, "Sign out and leave", .action),
    ]

    private var profile = Loadable<OperatorProfile>()
    private var sessions = Loadable<OperatorOpenSessions>()
    private var factor = Loadable<OperatorSecondFactor>()
    private var list = Listing(SessionRow.columns, sorting: Sorting(column: "used", isDescending: true)) {
        Query.Facts(words: [$0.session.address ?? ""])
    }
    private var naming = Awaited<OperatorProfile>()
    private var changing = Awaited<OperatorNothing>()
    private var ending = Awaited<OperatorNothing>()

    package init() {}

    package var title: String { Room.profile.title }
    package var isSettled: Bool { profile.isSettled && sessions.isSettled }
    package var failure: ServerFailure? { profile.failure }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .editPassword: profile.value?.hasPassword == true
        case .endSession: list.selected.map { !$0.session.isCurrent } ?? false
        case .editName: profile.value != nil
        case .secondFactor: profile.value?.hasPassword == true && factor.value != nil
        case .themes, .doctor, .mouse, .rename, .oldPassword, .newPassword, .changePassword, .ended, .signOut, .keys,
            .enrol, .removeFactor, .renewCodes:
            true
        }
    }

    package mutating func appear(_ context: inout ScreenContext) { refresh(&context) }

    package mutating func refresh(_ context: inout ScreenContext) {
        profile.load(.profile(), &context)
        sessions.load(.openSessions(), &context)
        factor.load(.secondFactor(), &context)
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        profile.receive(answer, &context)
        factor.receive(answer, &context)
        if sessions.receive(answer, &context) { list.set((sessions.value?.results ?? []).map(SessionRow.init)) }
        if let result = naming.take(answer) { tell(result, "Your name is changed", &context) }
        if let result = changing.take(answer) {
            tell(result, "Your password is changed; your other sessions have ended", &context)
        }
        if let result = ending.take(answer) { tell(result, "The session has ended", &context) }
    }

    private mutating func tell<Reply>(
        _ result: Result<Reply, ServerFailure>, _ success: String, _ context: inout ScreenContext
    ) {
        switch result {
        case .success:
            context.say(success, .good)
            refresh(&context)
        case .failure(let failure): context.say(failure.message, .bad)
        }
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .themes: context.perform(.themes)
        case .doctor: context.perform(.doctor)
        case .mouse: context.perform(.mouse)
        case .editName:
            context.present(
                Prompt("Your name", hint: "As others see it", text: profile.value?.fullName ?? "") {
                    .rename($0) as Command
                })
        case .rename(let name): naming.ask(.change(OperatorProfileChange(fullName: name)), &context)
        case .endSession:
            guard let row = list.selected else { return }
            let address = row.session.address ?? "an unknown address"
            context.present(
                Confirmation(
                    "End a session",
                    effects: [
                        "The session from \(address) ends at once; its consoles and streams close.",
                        "Whoever uses it has to sign in again.",
                    ], typing: "end", at: context.now, Command.ended(row.id)))
        case .ended(let id): ending.ask(.endSession(id), &context)
        case .signOut: context.perform(.signOut)
        case .keys: context.push(KeysScreen.own)
        case .secondFactor: chooseFactor(&context)
        case .enrol: context.push(SecondFactorScreen())
        case .removeFactor: context.push(SecondFactorForm.removing())
        case .renewCodes: context.push(SecondFactorForm.renewingCodes())
        case .editPassword, .oldPassword, .newPassword, .changePassword: changePassword(command, &context)
        }
    }

    private func chooseFactor(_ context: inout ScreenContext) {
        guard factor.value?.since != nil else { return context.push(SecondFactorScreen()) }
        context.present(
            Menu(
                "Your second factor",
                [
                    Menu.Item(.character("c"), "Make new recovery codes", Command.renewCodes),
                    Menu.Item(.character("r"), "Remove it", Command.removeFactor),
                    Menu.Item(.character("n"), "Set up another one in its place", Command.enrol),
                ]))
    }

    /// The old one, the new one twice; nothing is sent before the last.
    private mutating func changePassword(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .oldPassword(let old):
            context.present(
                Prompt("The new password", hint: "Long is better than clever", isSecret: true) {
                    .newPassword(old: old, new: $0) as Command
                })
        case .newPassword(let old, let new):
            context.present(
                Prompt("The new password again", isSecret: true) {
                    .changePassword(old: old, new: new, again: $0) as Command
                })
        case .changePassword(let old, let new, let again):
            guard new == again else {
                context.say("The two passwords differ: nothing was changed", .bad)
                return
            }
            changing.ask(.change(OperatorPasswordChange(oldPassword: old, newPassword: new)), &context)
        case .editPassword, .themes, .doctor, .mouse, .editName, .rename, .endSession, .ended, .signOut, .keys,
            .secondFactor, .enrol, .removeFactor, .renewCodes:
            context.present(Prompt("The password you have", isSecret: true) { .oldPassword($0) as Command })
        }
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { list.move(move) }
    package mutating func resize(_ size: Size) {
        list.resize(visibleRows: size.rows - ProfileView.factRows - 1)
    }

    // MARK: Picture

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        ProfileView(profile: profile.value, factor: factor.value, scope).draw(
            into: &frame, area.top(ProfileView.factRows))
        list.draw(into: &frame, area.below(ProfileView.factRows), scope)
    }

    package func status(_ scope: Scope) -> Segment? {
        if let failure = profile.failure ?? sessions.failure { return Segment(failure.message, .bad) }
        guard scope.session?.wantsSecondFactor == true, factor.value?.since == nil else { return nil }
        return Segment("Your organisation wants a second factor of you: F sets one up", .caution)
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        Explanation(
            "Sessions",
            definition:
                "A session is one sign-in of yours. It ends when you leave, when it is not used, or in any case at its end. Keys that you press are use; what the console reads by itself is none."
        )
        .window("Until its end, or until it is idle for too long")
        .source("The server's list of your sessions")
        .freshness("Used: to the minute")
        .why("End (D) one that you do not know, then change your password (P).")
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard let sessions = sessions.value else { return nil }
        let table = list.table(scope)
        return Sheet(titles: table.titles, rows: table.rows, json: Sheet.json(sessions.results))
    }
}

/// A session as a row.
struct SessionRow: Sendable, Identifiable {
    let session: OperatorOpenSession

    var id: UUID { session.id }

    static let columns: [Column<SessionRow>] = [
        Column("address", "FROM", .flexible(minimum: 12), precedes: ascending { $0.session.address }) { row, _ in
            (row.session.address ?? "unknown") + (row.session.isCurrent ? " (this one)" : "")
        },
        Column("method", "BY", .fixed(10), rank: 4, precedes: ascending { $0.session.method }) { row, _ in
            row.session.method
        },
        Column("client", "WITH", .fixed(22), rank: 5, precedes: ascending { $0.session.client }) { row, _ in
            row.session.client ?? "unknown"
        },
        Column("started", "STARTED", .fixed(14), rank: 2, precedes: ascending { $0.session.startedAt }) { row, _ in
            Formats.dayAndTime(row.session.startedAt)
        },
        Column("used", "USED", .fixed(14), precedes: ascending { $0.session.lastUsedAt }) { row, _ in
            row.session.lastUsedAt.map(Formats.dayAndTime) ?? "-"
        },
        Column("idle", "ENDS UNUSED", .fixed(14), rank: 3, precedes: ascending { $0.session.idleExpiresAt }) { row, _ in
            Formats.dayAndTime(row.session.idleExpiresAt)
        },
        Column("ends", "ENDS", .fixed(14), rank: 1, precedes: ascending { $0.session.expiresAt }) { row, _ in
            Formats.dayAndTime(row.session.expiresAt)
        },
    ]
}
