internal import CLinux

/// Who may see the memory of this process.
package enum ProcessMemory {
    /// From now on no core dump is written of this process, and no other process of its user may look into its memory: for
    /// programs that hold secrets of others. Those that it starts are as usual.
    package static func hide() { cl_hide_memory() }

    /// Whether that has been said.
    package static var isHidden: Bool { cl_hides_memory() == 1 }
}
