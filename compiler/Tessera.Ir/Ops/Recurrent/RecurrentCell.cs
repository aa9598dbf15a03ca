using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>The weights of one direction of a recurrent network.</summary>
internal sealed class RecurrentCell(EvalContext context, int direction, int hidden, int gates, double clip, Func<double, double>[] activations)
{
    private readonly RefTensor _w = context.Tensor(1);
    private readonly RefTensor _r = context.Tensor(2);
    private readonly RefTensor? _bias = context.OptionalTensor(3);
    private readonly RefTensor? _peepholes = context.OptionalTensor(7);

    /// <summary>The part of a gate's element that the input makes up, with its bias.</summary>
    public double Input(int gate, int unit, double[] x) => Product(_w, gate, unit, x) + Bias(gate, unit);

    /// <summary>The part of a gate's element that the state makes up, with its bias.</summary>
    public double State(int gate, int unit, double[] state) => Product(_r, gate, unit, state) + Bias(gates + gate, unit);

    /// <summary>The weight of the cell's state in the k-th gate that sees it; 0 where there are none.</summary>
    public double Peephole(int k, int unit) => _peepholes?.F[(((direction * 3) + k) * hidden) + unit] ?? 0;

    /// <summary>An activation function over what is clipped first.</summary>
    public double Activate(int function, double value) => activations[function](clip > 0 ? Math.Clamp(value, -clip, clip) : value);

    private double Bias(int row, int unit) => _bias?.F[(((direction * 2 * gates) + row) * hidden) + unit] ?? 0;

    private double Product(RefTensor weights, int gate, int unit, double[] values)
    {
        int row = ((((direction * gates) + gate) * hidden) + unit) * values.Length;
        double sum = 0;
        for (int i = 0; i < values.Length; i++)
        {
            sum += weights.F[row + i] * values[i];
        }

        return sum;
    }
}
