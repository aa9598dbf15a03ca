using Tessera.Ir;
using Tessera.Nn.Models;
using Tessera.Nn.Weights;

namespace Tessera.Nn.Layers;

/// <summary>
/// Recurrent layers, one over the results of another, over the steps of one example: <c>x[t, in] → [t, directions · hidden]</c>.
/// Weights have PyTorch's names, layout and order of gates, for each layer <c>weight_ih_l0[gates · hidden, in]</c>,
/// <c>weight_hh_l0[gates · hidden, hidden]</c>, <c>bias_ih_l0</c>, <c>bias_hh_l0</c>, and the same with <c>_reverse</c> for the way back.
/// The graph puts the gates into ONNX's order.
/// </summary>
public abstract class RecurrentLayer : Module, ILayer
{
    private readonly string _name;
    private readonly int _hidden;
    private readonly int _layers;
    private readonly int _directions;
    private readonly bool _bias;
    private readonly List<ModuleMember> _members = [];

    private protected RecurrentLayer(string name, int gates, int inFeatures, int hidden, int layers, bool bidirectional, bool bias)
    {
        ModelSizes.InRange(name, "number of features", inFeatures);
        ModelSizes.InRange(name, "hidden size", hidden);
        ModelSizes.InRange(name, "number of layers", layers, most: ModelSizes.MostBlocks);
        (_name, _hidden, _layers, _directions, _bias) = (name, hidden, layers, bidirectional ? 2 : 1, bias);
        Initializer start = Initializer.Uniform(-1 / Math.Sqrt(hidden), 1 / Math.Sqrt(hidden));
        for (int layer = 0; layer < layers; layer++)
        {
            int width = layer == 0 ? inFeatures : hidden * _directions;
            for (int direction = 0; direction < _directions; direction++)
            {
                _members.Add(new(Name("weight_ih", layer, direction), new Parameter([gates * hidden, width], start)));
                _members.Add(new(Name("weight_hh", layer, direction), new Parameter([gates * hidden, hidden], start)));
                if (bias)
                {
                    _members.Add(new(Name("bias_ih", layer, direction), new Parameter([gates * hidden], start)));
                    _members.Add(new(Name("bias_hh", layer, direction), new Parameter([gates * hidden], start)));
                }
            }
        }
    }

    /// <summary>The weights under PyTorch's names.</summary>
    public override IEnumerable<ModuleMember> Members => _members;

    /// <summary>For each of ONNX's gates, which of PyTorch's it is.</summary>
    private protected abstract int[] Gates { get; }

    /// <summary>One layer, over <c>x[t, 1, in]</c> and states <c>[directions, 1, hidden]</c>.</summary>
    private protected abstract Op Cell(RecurrentOperands operands, string direction);

    /// <summary><c>x[t, in] → [t, directions · hidden]</c>, from states of zeros.</summary>
    public Tensor Apply(Tensor x)
    {
        using Scope scope = Enter(x);
        return Run(x, [])[0];
    }

    public override string ToString() =>
        $"{_name}(hidden: {_hidden}, layers: {_layers}, bidirectional: {(_directions == 2 ? "true" : "false")}, bias: {(_bias ? "true" : "false")})";

    /// <summary>The results, then the last states <c>[layers · directions, hidden]</c>.</summary>
    /// <param name="x">The steps.</param>
    /// <param name="states">First states, <c>[layers · directions, hidden]</c> each; none for zeros.</param>
    private protected IReadOnlyList<Tensor> Run(Tensor x, IReadOnlyList<Tensor> states)
    {
        foreach (Tensor state in states)
        {
            CheckState(x, state);
        }

        Tensor steps = x.Rank == 2 ? x : throw new TesseraException(
            "TSR0622", x.Tracer.Here().ToString(), $"x is {x.Value.Type}.", "x is one example: [steps, features].");
        List<IReadOnlyList<Tensor>> last = [];
        for (int layer = 0; layer < _layers; layer++)
        {
            int at = layer * _directions;
            Value?[] first = [.. states.Select(s => s.Slice(0, at, at + _directions).Unsqueeze(1).Value)];
            RecurrentOperands operands = Operands(steps, layer, first);
            IReadOnlyList<Tensor> results = x.Tracer.EmitAll(_ => Cell(operands, _directions == 2 ? "bidirectional" : "forward"));
            steps = results[0].Reshape([x.Shape[0], _directions * _hidden]);
            last.Add([.. results.Skip(1)]);
        }

        return [steps, .. Enumerable.Range(0, last[0].Count).Select(s => Functional.Concat(0, [.. last.Select(l => l[s].Squeeze(1))]))];
    }

    private RecurrentOperands Operands(Tensor steps, int layer, Value?[] states)
    {
        Tensor Weight(string name) => OverDirections(d => Ordered(Find(name, layer, d).In(steps)));
        Tensor? bias = _bias
            ? OverDirections(d => Functional.Concat(0, [Ordered(Find("bias_ih", layer, d).In(steps)), Ordered(Find("bias_hh", layer, d).In(steps))]))
            : null;
        return new RecurrentOperands(steps.Unsqueeze(1).Value, Weight("weight_ih").Value, Weight("weight_hh").Value, bias?.Value, states, _hidden);
    }

    private Tensor OverDirections(Func<int, Tensor> one)
    {
        Tensor[] all = [.. Enumerable.Range(0, _directions).Select(d => one(d).Unsqueeze(0))];
        return all.Length == 1 ? all[0] : Functional.Concat(0, all);
    }

    // Rows of PyTorch's gates in the order of ONNX's.
    private Tensor Ordered(Tensor weight) => Gates.Length == 1
        ? weight
        : Functional.Concat(0, [.. Gates.Select(g => weight.Slice(0, g * _hidden, (g + 1) * _hidden))]);

    private void CheckState(Tensor x, Tensor state)
    {
        if (state.Rank != 2 || state.Shape[0] != _layers * _directions || state.Shape[1] != _hidden)
        {
            throw new TesseraException(
                "TSR0622",
                x.Tracer.Here().ToString(),
                $"a first state is {state.Value.Type}, and {_name} takes [{_layers * _directions}, {_hidden}].",
                "States are [layers · directions, hidden].");
        }
    }

    private Parameter Find(string kind, int layer, int direction) => (Parameter)_members.First(m => m.Name == Name(kind, layer, direction)).Member!;

    private static string Name(string kind, int layer, int direction) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{kind}_l{layer}{(direction == 1 ? "_reverse" : "")}");
}
