/// What is known of the terminal, the connection to it and this process, at one moment: for a screen that helps to find
/// out why something looks wrong.
package struct TerminalReport: Sendable, Hashable {
    /// Whether the terminal can do something, and where that is known from.
    package enum Support: Sendable, Hashable {
        /// The terminal answered the question.
        case answered(Bool)
        /// This kind of terminal is known for it.
        case known(Bool)
        /// Nothing tells; it is used, or not, because that does no harm.
        case assumed(Bool)

        /// Whether it is made use of.
        package var isUsed: Bool {
            switch self {
            case .answered(let isThere), .known(let isThere), .assumed(let isThere): isThere
            }
        }
    }

    /// Why there are as many colours as there are.
    package enum ColourReason: Sendable, Hashable {
        /// `NO_COLOR` is set.
        case unwanted
        /// The entry of terminfo says how many there are.
        case entry(Int)
        /// `COLORTERM` says that there are all.
        case claimed
        /// `COLORTERM` says so, yet the entry of terminfo has only this many.
        case claimedInVain(Int)
    }

    /// What was sent to the terminal in some time.
    package struct Traffic: Sendable, Hashable {
        package var frames = 0
        package var bytes = 0
    }

    /// The terminal type of the environment.
    package let type: String
    /// The entry of terminfo in use, another one when that of the type is missing.
    package let entry: String
    /// What the terminal answered when it was asked what it is, and which version.
    package let name: String?
    package let colours: ColourDepth
    package let colourReason: ColourReason
    package let theme: ThemeName
    /// The colour behind everything, where the terminal told it.
    package let page: RGB?
    package let charset: Charset
    package let charsetReason: TerminalEnvironment.CharsetReason
    package let size: Size
    /// From a picture to the terminal's word that it has been shown; `nil` when it never says so.
    package let roundTrip: Duration?
    /// Pictures appear at once instead of line after line (private mode 2026).
    package let synchronisedOutput: Support
    /// Pasted text is told from keys (private mode 2004).
    package let bracketedPaste: Support
    /// The terminal says when its window gets and loses the keyboard (private mode 1004).
    package let focusReports: Support
    /// Text can be put into the clipboard of the terminal's machine (OSC 52).
    package let clipboard: Support
    /// Text can lead to an address (OSC 8).
    package let links: Support
    package let isMouseOn: Bool
    package let multiplexer: TerminalEnvironment.Multiplexer?
    package let isRemote: Bool
    package let processID: Int
    /// Since the start.
    package let total: Traffic
    package let lastSecond: Traffic
    package let upTime: Duration
    package let processorTime: Duration
    /// The share of one processor since the report before this one, from 0 to 1; the first says it since the start.
    package let processorShare: Double
    /// The memory that the process has in use.
    package let residentBytes: Int
}
