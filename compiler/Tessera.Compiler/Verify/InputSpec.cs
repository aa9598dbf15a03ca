using System.Globalization;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Text;

namespace Tessera.Compiler.Verify;

/// <summary>
/// What is asked of a generated input: its type with sizes (<c>x=f32[1, 3, 48, 320]</c>), or its elements (<c>sr=16000</c>,
/// <c>axes=0,1</c>; a single one fills the input).
/// </summary>
/// <param name="Name">Name of the input.</param>
/// <param name="Type">The type; null where elements are given.</param>
/// <param name="Elements">The elements; null where a type is given.</param>
public sealed record InputSpec(string Name, TensorType? Type, IReadOnlyList<double>? Elements)
{
    /// <summary>Reads several, separated by semicolons.</summary>
    /// <exception cref="TesseraException">TSR0963: it is none.</exception>
    public static IReadOnlyList<InputSpec> ParseAll(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Parse)];
    }

    private static InputSpec Parse(string text)
    {
        int at = text.LastIndexOf('=');
        string name = at < 0 ? "" : text[..at].Trim();
        string what = text[(at + 1)..].Trim();
        return name.Length == 0 || what.Length == 0 ? throw Bad(text)
            : what.Contains('[', StringComparison.Ordinal) ? new InputSpec(name, TypeOf(what, text), null)
            : new InputSpec(name, null, [.. what.Split(',').Select(v => double.TryParse(v, NumberStyles.Float, CultureInfo.InvariantCulture, out double n) ? n : throw Bad(text))]);
    }

    private static TensorType TypeOf(string what, string text)
    {
        try
        {
            return TypeText.ParseTensor(what);
        }
        catch (TesseraException error)
        {
            throw Bad(text, error);
        }
    }

    /// <summary>The numbers that it says symbols of the model's input are.</summary>
    /// <exception cref="TesseraException">TSR0962: it contradicts the model.</exception>
    public IEnumerable<KeyValuePair<string, long>> Sizes(IrType declared)
    {
        if (Type is null)
        {
            yield break;
        }

        if (declared is not TensorType { Shape: { } shape } tensor || tensor.DType != Type.DType || shape.Rank != Type.Shape!.Rank)
        {
            throw Contradiction(declared);
        }

        for (int axis = 0; axis < shape.Rank; axis++)
        {
            if (shape[axis].IsSymbol(out string symbol) && Type.Shape[axis].ConstValue is { } size)
            {
                yield return new(symbol, size);
            }
            else if (shape[axis] != Type.Shape[axis])
            {
                throw Contradiction(declared);
            }
        }
    }

    /// <summary>The elements in the type and sizes of what was generated.</summary>
    /// <exception cref="TesseraException">TSR0962: there are too many or too few.</exception>
    public RefValue Fill(RefValue generated) => (Elements, generated) switch
    {
        (null, _) => generated,
        ({ } given, RefTensor tensor) when given.Count == 1 || given.Count == tensor.Count =>
            Make(tensor, [.. Enumerable.Range(0, tensor.Count).Select(i => given[given.Count == 1 ? 0 : i])]),
        _ => throw new TesseraException("TSR0962", Name, $"{Elements!.Count} elements are given; the input is {generated}."),
    };

    private static RefTensor Make(RefTensor like, double[] elements) =>
        like.DType == DType.Bool ? RefTensor.Bools(like.Dims, [.. elements.Select(static e => e != 0)])
        : like.DType.IsFloat() ? RefTensor.Floats(like.DType, like.Dims, [.. elements.Select(e => RefTensors.Round(like.DType, e))])
        : RefTensor.Ints(like.DType, like.Dims, [.. elements.Select(static e => (long)e)]);

    private TesseraException Contradiction(IrType declared) => new("TSR0962", Name, $"{Type} is asked for; the model declares {declared}.");

    private static TesseraException Bad(string text, Exception? inner = null) =>
        new("TSR0963", "--inputs", $"'{text}' is no input.", "Write a name and a type or elements: \"x=f32[1, 3, 48, 320]; sr=16000\".", inner);
}
