import Testing

@testable import SystemCalls

/// What a daemon gives back when it has started.
@Suite struct ProgramTextTests {
    @Test func onlyTextOfFilesIsLetGo() {
        let list = """
            5580000000-5580001000 r--p 00000000 fe:00 1 /usr/bin/scorable-apid
            5580001000-5580003000 r-xp 00001000 fe:00 1 /usr/bin/scorable-apid
            5580003000-5580004000 rw-p 00003000 fe:00 1 /usr/bin/scorable-apid
            5580004000-5580005000 rwxp 00004000 fe:00 1 /usr/bin/scorable-apid
            7f00000000-7f00001000 r-xp 00000000 fe:00 2                          /usr/lib/a library.so
            7f00001000-7f00002000 r-xp 00000000 00:00 0
            7ffff00000-7ffff01000 r-xp 00000000 00:00 0                          [vdso]

            """
        #expect(ProgramText.mapped(list) == [0x55_8000_1000..<0x55_8000_3000, 0x7f_0000_0000..<0x7f_0000_1000])
    }

    @Test func whatRunsGoesOnAfterwards() throws {
        try ProgramText.letGo()
        #expect([3, 1, 2].sorted().map(String.init).joined() == "123")
    }
}
