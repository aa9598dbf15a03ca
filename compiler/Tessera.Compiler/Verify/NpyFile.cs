using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Tessera.Ir;
using Tessera.Ir.Evaluate;

namespace Tessera.Compiler.Verify;

/// <summary>
/// Arrays as NumPy keeps them: <c>\x93NUMPY</c>, two bytes of version, the length of a header, the header (a Python dictionary
/// of <c>descr</c>, <c>fortran_order</c> and <c>shape</c>), the elements (NumPy enhancement proposal 1).
/// </summary>
public static partial class NpyFile
{
    private const int FixedBytes = 8;
    private static readonly byte[] s_magic = [0x93, .. "NUMPY"u8];

    private static readonly Dictionary<string, DType> s_types = new(StringComparer.Ordinal)
    {
        ["b1"] = DType.Bool,
        ["u1"] = DType.U8,
        ["i1"] = DType.I8,
        ["u2"] = DType.U16,
        ["i2"] = DType.I16,
        ["u4"] = DType.U32,
        ["i4"] = DType.I32,
        ["u8"] = DType.U64,
        ["i8"] = DType.I64,
        ["f2"] = DType.F16,
        ["f4"] = DType.F32,
        ["f8"] = DType.F64,
    };

    /// <summary>Reads an array.</summary>
    /// <exception cref="TesseraException">TSR0960: it is no array that can be read here.</exception>
    public static RefTensor Read(string path) => Parse(File.ReadAllBytes(path), path);

    /// <summary>The bytes of an array in this format.</summary>
    public static byte[] Write(RefTensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        string descr = s_types.FirstOrDefault(t => t.Value == value.DType).Key
            ?? throw new TesseraException("TSR0960", "", $"NumPy has no element type for {value.DType.Text()}.");
        string sizes = string.Concat(value.Dims.Select(static d => string.Create(CultureInfo.InvariantCulture, $"{d}, ")));
        string header = $"{{'descr': '{(descr[1] == '1' ? '|' : '<')}{descr}', 'fortran_order': False, 'shape': ({sizes.TrimEnd(' ')}), }}";
        int length = ((header.Length + 1 + FixedBytes + 2 + 63) / 64 * 64) - FixedBytes - 2;
        byte[] head = [.. s_magic, 1, 0, (byte)length, (byte)(length >> 8), .. Encoding.ASCII.GetBytes(header.PadRight(length - 1) + "\n")];
        return [.. head, .. RefTensors.ToBytes(value)];
    }

    internal static RefTensor Parse(ReadOnlySpan<byte> file, string path)
    {
        if (file.Length < FixedBytes + 4 || !file.StartsWith(s_magic))
        {
            throw Bad(path, "it does not begin as a NumPy array does");
        }

        bool isFirst = file[6] == 1;
        int start = FixedBytes + (isFirst ? 2 : 4);
        uint length = isFirst ? BinaryPrimitives.ReadUInt16LittleEndian(file[FixedBytes..]) : BinaryPrimitives.ReadUInt32LittleEndian(file[FixedBytes..]);
        if (length > file.Length - start)
        {
            throw Bad(path, $"its header of {length} bytes reaches beyond its end");
        }

        string header = Encoding.UTF8.GetString(file.Slice(start, (int)length));
        (DType dtype, long[] dims) = (ElementType(header, path), Sizes(header, path));
        ReadOnlySpan<byte> data = file[(start + (int)length)..];
        Int128 count = dims.Aggregate((Int128)1, static (a, b) => a > long.MaxValue ? a : a * b);
        return count * dtype.Bits() / 8 == data.Length
            ? RefTensors.FromBytes(dtype, dims, data)
            : throw Bad(path, $"{dtype.Text()}[{string.Join(", ", dims)}] does not take the {data.Length} bytes that it holds");
    }

    private static DType ElementType(string header, string path)
    {
        if (Order().Match(header) is { Success: true, Groups: [_, { Value: "True" }] })
        {
            throw Bad(path, "its elements stand column by column; write it in C order");
        }

        return Descr().Match(header) is { Success: true } match && s_types.TryGetValue(match.Groups[1].Value, out DType type)
            ? type
            : throw Bad(path, $"its element type is not read: {header.Trim()}");
    }

    private static long[] Sizes(string header, string path) => Tuple().Match(header) is { Success: true } match
        ? [.. match.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(s =>
            long.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out long size) ? size : throw Bad(path, $"'{s}' is no size"))]
        : throw Bad(path, $"its header names no shape: {header.Trim()}");

    private static TesseraException Bad(string path, string why) => new("TSR0960", path, $"{why}.");

    [GeneratedRegex("""['"]descr['"]\s*:\s*['"][<|=]([a-z][0-9]+)['"]""")]
    private static partial Regex Descr();

    [GeneratedRegex("""['"]fortran_order['"]\s*:\s*(True|False)""")]
    private static partial Regex Order();

    [GeneratedRegex("""['"]shape['"]\s*:\s*\(([^)]*)\)""")]
    private static partial Regex Tuple();
}
