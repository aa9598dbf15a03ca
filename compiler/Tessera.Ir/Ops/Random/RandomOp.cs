using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tessera.Ir.Ops;

/// <summary>
/// Random numbers. Nothing fixes them but their distribution: the reference draws them from seed or id by a counter, a runtime by
/// a generator of its own. Two nodes without a seed differ by their id, so that they never become one.
/// </summary>
public abstract record RandomOp : Op
{
    private const ulong Golden = 0x9E37_79B9_7F4A_7C15;

    /// <summary>NaN stands for none.</summary>
    public Real Seed { get; init; } = double.NaN;

    /// <summary>A number of its own where there is no seed.</summary>
    public Dim? Id { get; init; }

    /// <summary>Element type; undefined stands for that of the operand.</summary>
    public DType To { get; init; }

    internal static bool IsTold(Op op) => op is RandomOp random && (!double.IsNaN(random.Seed.Value) || random.Id is not null);

    /// <summary>Numbers in [0, 1), by their position.</summary>
    private protected Func<long, double> Uniforms() => Uniforms($"{Schema.Name} {Seed} {Id}");

    /// <summary>Numbers in [0, 1) that belong to a name, by their position.</summary>
    internal static Func<long, double> Uniforms(string name)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(name));
        ulong key = BinaryPrimitives.ReadUInt64LittleEndian(hash);
        return index => (Mix(Mix(key + ((ulong)index * Golden))) >> 11) * (1.0 / (1L << 53));
    }

    // The finaliser of SplitMix64.
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }
}
