import CVTerm
import Terminal
import Testing

struct EnvironmentTests {
    private func environment(_ variables: [String: String], asciiOnly: Bool = false) -> TerminalEnvironment {
        TerminalEnvironment(variables: { variables[$0] }, asciiOnly: asciiOnly)
    }

    @Test func coloursAreUnwantedOnlyWhereTheVariableSaysSomething() {
        #expect(environment(["TERM": "xterm"]).wantsColour)
        #expect(environment(["NO_COLOR": ""]).wantsColour)
        #expect(!environment(["NO_COLOR": "0"]).wantsColour)
    }

    @Test func anyColourIsBelievedExceptInsideOfScreen() {
        #expect(environment(["TERM": "xterm", "COLORTERM": "truecolor"]).claimsDirectColour)
        #expect(environment(["TERM": "xterm-256color", "COLORTERM": "24bit"]).claimsDirectColour)
        #expect(!environment(["TERM": "xterm-256color", "COLORTERM": "yes"]).claimsDirectColour)
        #expect(!environment(["TERM": "screen.xterm-256color", "COLORTERM": "truecolor"]).claimsDirectColour)
        #expect(environment(["TERM": "screen", "TMUX": "x", "COLORTERM": "truecolor"]).claimsDirectColour)
        #expect(environment(["TERM": "xterm", "COLORTERM": "truecolor"]).candidates.first == "xterm-256color")
    }

    @Test func whatStandsBetweenIsSeen() {
        #expect(environment(["TERM": "tmux-256color"]).multiplexer == .tmux)
        #expect(environment(["TERM": "screen-256color", "TMUX": "/tmp/x"]).multiplexer == .tmux)
        #expect(environment(["TERM": "screen"]).multiplexer == .screen)
        #expect(environment(["TERM": "xterm"]).multiplexer == nil)
        #expect(environment(["SSH_CONNECTION": "a b c d"]).isRemote)
        #expect(!environment([:]).isRemote)
    }

    @Test func theEditorAndThePlaceForItsFilesAreTheUsers() {
        #expect(environment(["VISUAL": "code --wait", "EDITOR": "vi"]).editor == "code --wait")
        #expect(environment(["VISUAL": "", "EDITOR": "vi"]).editor == "vi")
        #expect(environment([:]).editor == nil)
        #expect(environment(["XDG_RUNTIME_DIR": "/run/user/1"]).temporaryFolder == "/run/user/1")
        #expect(environment(["TMPDIR": "/x", "XDG_RUNTIME_DIR": "/y"]).temporaryFolder == "/x")
        #expect(environment([:]).temporaryFolder == "/tmp")
    }

    @Test func asciiHasAReason() {
        #expect(environment([:], asciiOnly: true).charsetReason == .asked)
        #expect(environment([:], asciiOnly: true).charset == .ascii)
    }
}
