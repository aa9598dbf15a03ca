namespace Tessera.Ir.Evaluate;

/// <summary>
/// A dense row-major tensor of the reference evaluator. Floats of every width are held in double; integers in long
/// (u64 by its bits); bools and strings in their own type. Nothing is rounded to the stored width but by a cast.
/// </summary>
public sealed class RefTensor : RefValue
{
    private readonly Array _data;

    private RefTensor(DType dtype, long[] dims, Array data)
    {
        long count = dims.Aggregate(1L, static (a, b) => checked(a * b));
        if (count != data.Length)
        {
            throw new ArgumentException($"{dtype.Text()}[{string.Join(", ", dims)}] takes {count} elements; {data.Length} are given.");
        }

        (DType, Dims, _data) = (dtype, dims, data);
    }

    public DType DType { get; }

    public long[] Dims { get; }

    public int Rank => Dims.Length;

    public int Count => _data.Length;

    /// <summary>The elements of a float tensor.</summary>
    public double[] F => _data as double[] ?? throw Wrong("float");

    /// <summary>The elements of an integer tensor.</summary>
    public long[] I => _data as long[] ?? throw Wrong("integer");

    /// <summary>The elements of a bool tensor.</summary>
    public bool[] B => _data as bool[] ?? throw Wrong("bool");

    /// <summary>The elements of a string tensor.</summary>
    public string[] S => _data as string[] ?? throw Wrong("string");

    public static RefTensor Floats(DType dtype, IEnumerable<long> dims, double[] data) =>
        dtype.IsFloat() ? new(dtype, [.. dims], data) : throw new ArgumentException($"{dtype} is no float type.");

    public static RefTensor Ints(DType dtype, IEnumerable<long> dims, long[] data) =>
        dtype.IsInteger() ? new(dtype, [.. dims], data) : throw new ArgumentException($"{dtype} is no integer type.");

    public static RefTensor Bools(IEnumerable<long> dims, bool[] data) => new(DType.Bool, [.. dims], data);

    public static RefTensor Strings(IEnumerable<long> dims, string[] data) => new(DType.String, [.. dims], data);

    public static RefTensor Scalar(long value) => Ints(DType.I64, [], [value]);

    /// <summary>
    /// A tensor like <paramref name="source"/> of other sizes whose element i is the source's at <paramref name="index"/>(i);
    /// a negative index takes zero, false or the empty string. The way to move elements whatever their kind.
    /// </summary>
    public static RefTensor Gather(RefTensor source, IEnumerable<long> dims, Func<int, int> index)
    {
        long[] sizes = [.. dims];
        int count = CountOf(sizes);
        return source._data switch
        {
            double[] f => new(source.DType, sizes, Pick(f, count, index, 0d)),
            long[] i => new(source.DType, sizes, Pick(i, count, index, 0L)),
            bool[] b => new(source.DType, sizes, Pick(b, count, index, false)),
            string[] s => new(source.DType, sizes, Pick(s, count, index, "")),
            _ => throw new InvalidOperationException(),
        };
    }

    /// <summary>A tensor like those in <paramref name="sources"/>, each element taken from the source and position that <paramref name="pick"/> names.</summary>
    public static RefTensor Select(IReadOnlyList<RefTensor> sources, IEnumerable<long> dims, Func<int, (int Source, int Index)> pick)
    {
        long[] sizes = [.. dims];
        int count = CountOf(sizes);
        Array data = Array.CreateInstance(sources[0]._data.GetType().GetElementType()!, count);
        for (int i = 0; i < count; i++)
        {
            (int source, int index) = pick(i);
            Array.Copy(sources[source]._data, index, data, i, 1);
        }

        return new(sources[0].DType, sizes, data);
    }

    /// <summary>The same elements under other sizes.</summary>
    public RefTensor Reshaped(IEnumerable<long> dims) => new(DType, [.. dims], _data);

    /// <summary>An element as a double, from any numeric or bool tensor.</summary>
    public double Number(int index) => _data switch
    {
        double[] f => f[index],
        long[] i => DType == DType.U64 ? (ulong)i[index] : i[index],
        bool[] b => b[index] ? 1 : 0,
        _ => throw Wrong("number"),
    };

    /// <summary>Distance in elements between neighbours along each axis.</summary>
    public long[] Strides() => Ops.AxisSizes.Strides(Dims);

    public override string ToString() => $"{DType.Text()}[{string.Join(", ", Dims)}]";

    private static int CountOf(long[] sizes) => checked((int)sizes.Aggregate(1L, static (a, b) => checked(a * b)));

    private static T[] Pick<T>(T[] source, int count, Func<int, int> index, T empty)
    {
        T[] data = new T[count];
        for (int i = 0; i < count; i++)
        {
            int at = index(i);
            data[i] = at < 0 ? empty : source[at];
        }

        return data;
    }

    private InvalidOperationException Wrong(string kind) => new($"{this} holds no {kind} elements.");
}
