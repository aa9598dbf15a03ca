using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Passes.Replay;

namespace Tessera.Compiler.Verify;

/// <summary>
/// Inputs made for a model: every size 3, then 1, then 0, then at random, and values from plain over few that tie to large ones and
/// the ends of their type with NaN and infinities strewn in.
/// </summary>
public sealed record GeneratedInputs
{
    /// <summary>How many cases.</summary>
    public int Cases { get; init; } = 12;

    /// <summary>What sizes may be, by their name; the others are as they come.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<long>> Sizes { get; init; } = new Dictionary<string, IReadOnlyList<long>>();

    /// <summary>What is asked of single inputs.</summary>
    public IReadOnlyList<InputSpec> Inputs { get; init; } = [];

    /// <summary>What the values are like, in turn.</summary>
    public IReadOnlyList<ValueKind> Kinds { get; init; } = Enum.GetValues<ValueKind>();

    /// <summary>The cases for a model.</summary>
    /// <exception cref="TesseraException">TSR0962: an input or a size is not one of the model's, or is given twice.</exception>
    public IReadOnlyList<InputCase> For(Graph model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (Inputs.GroupBy(static i => i.Name, StringComparer.Ordinal).FirstOrDefault(static g => g.Count() > 1) is { Key: var twice })
        {
            throw new TesseraException("TSR0962", twice, "it is given twice.", "Give each input once.");
        }

        Dictionary<string, InputSpec> specs = Inputs.ToDictionary(static i => i.Name, StringComparer.Ordinal);
        IReadOnlyList<IReadOnlyDictionary<string, long>> sizes =
            SizeChoices.For(GraphInputs.Symbols(model), [.. model.Constraints, .. NotNegative(model)], seed: 1, Cases, Choices(model));
        List<InputCase> cases = [];
        for (int i = 0; i < Cases && sizes.Count > 0; i++)
        {
            IReadOnlyDictionary<string, long> chosen = sizes[i % sizes.Count];
            ValueKind kind = Kinds[i % Kinds.Count];
            Dictionary<string, RefValue> values = GraphInputs.Generate(model, chosen, seed: i + 1, kind);
            foreach ((string name, InputSpec spec) in specs)
            {
                values[name] = spec.Fill(values[name]);
            }

            // Every other case leaves to the model what it has a default for.
            string[] defaults = i % 2 == 0 ? [] : [.. model.Defaults.Keys.Where(name => !specs.ContainsKey(name) && values.Remove(name))];
            cases.Add(new InputCase(What(chosen, kind, defaults), values) { IsExtreme = kind == ValueKind.Extreme });
        }

        return cases;
    }

    private static string What(IReadOnlyDictionary<string, long> sizes, ValueKind kind, string[] defaults) => string.Join(
        ", ", sizes.Select(static s => $"{s.Key}={s.Value}").Append(kind.ToString()).Concat(defaults.Select(static d => $"{d} left out")));

    // A size that is an expression may be a difference.
    private static IEnumerable<Constraint> NotNegative(Graph model) => model.Inputs
        .SelectMany(static v => v.Type is TensorType { Shape: { } shape } ? shape : (IEnumerable<Dim>)[])
        .Where(static d => d.ConstValue is null && !d.IsSymbol(out _))
        .Select(static d => new Constraint.GreaterEqual(d, 0));

    // A size given by a type is fixed; one given by name may be one of several.
    private Dictionary<string, IReadOnlyList<long>> Choices(Graph model)
    {
        Dictionary<string, IReadOnlyList<long>> choices = new(StringComparer.Ordinal);
        string[] symbols = [.. GraphInputs.Symbols(model)];
        foreach ((string name, IReadOnlyList<long> sizes) in Sizes)
        {
            choices[name] = symbols.Contains(name) ? sizes : throw new TesseraException(
                "TSR0962", name, "the model's inputs have no such size.", symbols.Length == 0 ? "Its sizes are all fixed." : $"They have {string.Join(", ", symbols)}.");
        }

        foreach (InputSpec spec in Inputs)
        {
            Value input = model.Inputs.FirstOrDefault(v => ((Input)v.Producer).Name == spec.Name) ?? throw new TesseraException(
                "TSR0962", spec.Name, "the model has no such input.", $"It has {string.Join(", ", model.Inputs.Select(static v => ((Input)v.Producer).Name))}.");
            foreach ((string symbol, long size) in spec.Sizes(input.Type))
            {
                choices[symbol] = [size];
            }
        }

        return choices;
    }
}
