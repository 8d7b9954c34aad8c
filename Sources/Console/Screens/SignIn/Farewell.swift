import Terminal
import WireAPI

/// Signed out here; a browser signs out at the identity provider, too.
package struct Farewell: Sendable, Hashable {
    /// What its keys do.
    enum Command: Sendable, Hashable { case copy, leave }

    static let bindings: [Binding<Command>] = [
        Binding([.character("y")], .copy, hint: "copy the address", "Copy the address"),
        Binding([Key(.enter), Key(.escape), .character("q"), .character("Q")], .leave, hint: "leave", "Leave"),
    ]

    /// What a browser opens.
    package let address: String

    func draw(into frame: inout Frame, _ area: Area) {
        ScanPage(texts: [address]) { width, charset in
            func wrapped(_ text: String, _ ink: Ink, isNeeded: Bool = true) -> [ScanPage.Line] {
                ScanPage.wrapped(text, ink, isNeeded: isNeeded, width: width, charset)
            }
            return wrapped("You are signed out here.", .good) + [ScanPage.blank]
                + wrapped("Your identity provider still knows you. To sign out there too, open in a browser", .quiet)
                + wrapped(address, .link) + [ScanPage.blank]
                + wrapped("The address works for ten minutes.", .quiet, isNeeded: false)
        }.draw(into: &frame, area)
    }
}

extension Model {
    /// Leaves; whoever has signed in by an identity provider is told how to sign out there.
    mutating func signOut() -> [Effect] {
        guard session?.confirmsBy == .identityProvider else { return [.quit(0)] }
        return inContext { model, context in model.leaving.ask(.endSessionEverywhere, &context) }
    }

    /// The session has ended, or could not be ended now: it is ended on leaving, then.
    mutating func leave(_ result: Result<OperatorSingleLogout, ServerFailure>) -> [Effect] {
        guard case .success(let logout) = result, let address = logout.url else { return [.quit(0)] }
        farewell = Farewell(address: address)
        session = nil
        limits = nil
        overlays = []
        stream.close()
        return [.closeStream]
    }

    mutating func press(_ key: Key, at farewell: Farewell) -> [Effect] {
        switch KeyTables.command(key, in: Farewell.bindings) {
        case .copy: [.copy(farewell.address)]
        case .leave: [.quit(0)]
        case nil: []
        }
    }
}
