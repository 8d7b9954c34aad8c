import Terminal
import WireAPI

/// Draws what to open in a browser: the address, the code, the same as a picture for a camera, and how it stands.
struct DeviceLoginView {
    private let login: DeviceLogin
    private let title: String
    private let ground: Ground
    private let now: Duration

    init(_ login: DeviceLogin, title: String, on ground: Ground = .page, at now: Duration) {
        self.login = login
        self.title = title
        self.ground = ground
        self.now = now
    }

    func draw(into frame: inout Frame, _ area: Area) {
        let address = login.phase == .waiting ? login.login?.verificationUriComplete : nil
        ScanPage(texts: address.map { [$0] } ?? [], ground: ground, lines: lines).draw(into: &frame, area)
    }

    private func lines(_ width: Int, _ charset: Charset) -> [ScanPage.Line] {
        func wrapped(_ text: String, _ ink: Ink, isNeeded: Bool = true) -> [ScanPage.Line] {
            ScanPage.wrapped(text, ink, isNeeded: isNeeded, width: width, charset)
        }
        var lines = wrapped(title, .strong, isNeeded: false) + [ScanPage.blank]
        if let codes = login.login, login.phase == .waiting {
            lines += wrapped("Open in a browser", .quiet, isNeeded: false) + wrapped(codes.verificationUri, .link)
            lines += [ScanPage.blank] + wrapped("and type the code", .quiet, isNeeded: false)
            lines += wrapped(codes.userCode, .strong) + [ScanPage.blank]
        }
        lines += wrapped(state.text, state.ink)
        return lines + wrapped(advice, .quiet, isNeeded: login.isEnded)
    }

    private var state: (text: String, ink: Ink) {
        switch login.phase {
        case .beginning: ("Asking for a code", .quiet)
        case .waiting:
            ("Waiting for the browser, \(Formats.span(seconds: login.left(at: now).wholeSeconds)) left", .accent)
        case .denied: ("It was denied in the browser.", .bad)
        case .expired: ("The code has expired: nobody used it in time.", .caution)
        case .failed(let failure): (failure.message, .bad)
        }
    }

    private var advice: String {
        switch login.phase {
        case .beginning: ""
        case .waiting: "The page says who asks: allow only what you began yourself."
        case .denied, .expired, .failed: "Enter asks for a new code. Esc goes back."
        }
    }
}
