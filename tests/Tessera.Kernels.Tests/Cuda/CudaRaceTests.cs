using System.Runtime.InteropServices;
using System.Text;

namespace Tessera.Kernels.Tests.Cuda;

/// <summary>Kernels that race, beside their like that wait: what watches sees each race where it is, and only there.</summary>
public unsafe class CudaRaceTests
{
    public static TheoryData<string, string> Kernels => new()
    {
        { "pass_on", "one writes, then one reads: thread 1 of block 0 at racing_kernels.h:" },
        { "turn_round", "one reads, then one writes: thread 31 of block 0 at racing_kernels.h:" },
        { "tell_all", "one writes, then one reads: thread 5 of block 0 at racing_kernels.h:" },
        { "both_write", "both write: thread 0 of block 0 at racing_kernels.h:" },
        { "write_at_once", "all write: all threads of block 0 at racing_kernels.h:" },
        { "wait_apart", "one waits where others may not: thread 0 of block 0 at " },
        { "look_at_anothers", "one looks at what another keeps: thread 0 of block 0 at " },
        { "copy_and_read", "one writes, then one reads: thread 1 of block 0 at racing_kernels.h:" },
        { "read_early", "a copy under way writes what one touches: thread 0 of block 0 at racing_kernels.h:" },
        { "change_source", "a copy under way reads what one writes: several threads of block 0 at racing_kernels.h:" },
        { "leave_copies", "nobody waits for a copy: all threads of block 0 at racing_kernels.h:" },
        { "copy_over", "one reads, then one writes: thread 31 of block 0 at racing_kernels.h:" },
        { "read_of_another", "one writes, then one reads: thread 0 of block 0 at racing_kernels.h:" },
        { "load_rows", "one writes, then one reads: thread 8 of block 0 at racing_kernels.h:" },
        { "read_unwritten", "nobody has written what one reads: thread 0 of block 0 at racing_kernels.h:" },
        { "go_past", "one touches what lies beside shared memory: thread 0 of block 0 at racing_kernels.h:" },
    };

    [SkippableTheory]
    [MemberData(nameof(Kernels))]
    public void Is_seen_where_it_is_and_only_there(string kernel, string told)
    {
        CudaStub stub = CudaStub.Watching();
        Assert.StartsWith($"race_{kernel}: {told}", Race(stub, $"race_{kernel}", backwards: false), StringComparison.Ordinal);
        Assert.NotEqual("", Race(stub, $"race_{kernel}", backwards: true));
        Assert.Equal("", Race(stub, $"no_race_{kernel}", backwards: false));
        Assert.Equal("", Race(stub, $"no_race_{kernel}", backwards: true));
    }

    private static string Race(CudaStub stub, string kernel, bool backwards)
    {
        byte* said = stackalloc byte[1000];
        nint name = Marshal.StringToCoTaskMemUTF8(kernel);
        int length = ((delegate* unmanaged<nint, int, int, int, byte*, int, int>)stub.Function("test_race"))(name, 2, 32, backwards ? 1 : 0, said, 1000);
        Marshal.FreeCoTaskMem(name);
        return Encoding.UTF8.GetString(said, length);
    }
}
