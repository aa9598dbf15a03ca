using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Passes;

/// <summary>What the bytes of weights and constants say that laws ask of them. Numbers are read each time they are asked for.</summary>
public sealed class WeightContents(IReadOnlyDictionary<string, WeightSource> weights)
{
    // Tables are small beside weights; what is larger is not read for a question.
    private const long MostBytes = 1L << 26;

    private readonly Dictionary<(Op Leaf, bool Neighbours), bool> _repeats = [];
    private readonly SortedSet<string> _asked = new(StringComparer.Ordinal);

    /// <summary>
    /// Whether every row along the last axis of a constant, or of a weight that is bound, is twice the same: its second half
    /// its first again, or each even element the odd one behind it.
    /// </summary>
    public bool RowsRepeat(Op leaf, bool neighbours)
    {
        ArgumentNullException.ThrowIfNull(leaf);
        if (leaf is Parameter asked)
        {
            _asked.Add(asked.Path);
        }

        if (!_repeats.TryGetValue((leaf, neighbours), out bool repeats))
        {
            _repeats.Add((leaf, neighbours), repeats = Bytes(leaf) is { } bytes && leaf.Outputs[0] is { DType: var dtype } value
                && value.Shape[^1].ConstValue is { } size and > 0 && size % 2 == 0 && dtype.Bits() % 8 == 0
                && Repeats(bytes, (int)size, dtype.Bits() / 8, neighbours));
        }

        return repeats;
    }

    /// <summary>The numbers of a constant, or of a weight that is bound, in row-major order; null where they are not known or too many.</summary>
    public double[]? Numbers(Value? value)
    {
        if (value is not { Op: Constant or Parameter, Type: TensorType { DType: DType.F32 or DType.F64 or DType.F16 or DType.BF16 } type })
        {
            return null;
        }

        if (value.Op is Parameter asked)
        {
            _asked.Add(asked.Path);
        }

        return Bytes(value.Producer) is { } bytes ? RefTensors.FromBytes(type.DType, value.Shape.Evaluate(static _ => 0), bytes).F : null;
    }

    /// <summary>Paths of the weights asked about since the last call: what a rewrite made of the answers relies on.</summary>
    internal IReadOnlyList<string> TakeAsked()
    {
        if (_asked.Count == 0)
        {
            return [];
        }

        string[] asked = [.. _asked];
        _asked.Clear();
        return asked;
    }

    private byte[]? Bytes(Op leaf)
    {
        if (leaf is Constant { Value: { Strings: null } content })
        {
            return content.Bytes.Length <= MostBytes ? content.Bytes.ToArray() : null;
        }

        if (leaf is not Parameter parameter || !weights.TryGetValue(parameter.Path, out WeightSource? source) || source.ByteLength > MostBytes)
        {
            return null;
        }

        byte[] bytes = new byte[source.ByteLength];
        source.Read(0, bytes);
        return bytes;
    }

    private static bool Repeats(ReadOnlySpan<byte> bytes, int size, int width, bool neighbours)
    {
        (int run, int rows) = neighbours ? (width, bytes.Length / (2 * width)) : (size / 2 * width, bytes.Length / (size * width));
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<byte> pair = bytes.Slice(row * 2 * run, 2 * run);
            if (!pair[..run].SequenceEqual(pair[run..]))
            {
                return false;
            }
        }

        return true;
    }
}
