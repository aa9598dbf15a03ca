using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>The reference semantics of <see cref="GroupedMlp"/>: token by token, each of its experts in turn.</summary>
internal sealed class GroupedMlpOracle
{
    private const int FirstOfTail = 3;
    private readonly EvalContext _context;
    private readonly GroupedMlp _op;
    private readonly Dictionary<int, Dense> _matrices = [];

    public GroupedMlpOracle(EvalContext context, GroupedMlp op) => (_context, _op) = (context, op);

    public RefTensor Result()
    {
        (RefTensor x, RefTensor ids, RefTensor weights) = (_context.Tensor(0), _context.Tensor(1), _context.Tensor(2));
        (int tokens, int size, int each) = ((int)x.Dims[0], (int)x.Dims[1], (int)ids.Dims[1]);
        int width = (int)_context.Tensor(FirstOfTail + (_op.Stride / _op.Matrices)).Dims[1];
        double[] result = new double[tokens * width];
        for (int t = 0; t < tokens; t++)
        {
            double[] row = x.F[(t * size)..((t + 1) * size)];
            for (int j = 0; j < each; j++)
            {
                long expert = ids.I[(t * each) + j];
                double weight = weights.F[(t * each) + j];
                if (expert < 0 || expert >= _op.ExpertCount)
                {
                    continue;
                }

                bool before = _op.WeightOn == WeightSide.Input;
                double[] y = Expert((int)expert, before ? [.. row.Select(v => v * weight)] : row);
                for (int d = 0; d < width; d++)
                {
                    result[(t * width) + d] += before ? y[d] : weight * y[d];
                }
            }
        }

        return RefTensor.Floats(x.DType, [tokens, width], result);
    }

    private double[] Expert(int expert, double[] x)
    {
        double[] first = Matrix(expert, 0).Apply(x);
        int hidden = _op.Gate is ExpertGate.None or ExpertGate.Separate ? first.Length : first.Length / 2;
        double[]? third = _op.Gate == ExpertGate.Separate ? Matrix(expert, 2).Apply(x) : null;
        double[] h = [.. Enumerable.Range(0, hidden).Select(i => _op.Gate switch
        {
            ExpertGate.None => Activated(first[i]),
            ExpertGate.Separate => Gated(first[i], third![i]),
            ExpertGate.Interleaved => Gated(first[2 * i], first[(2 * i) + 1]),
            _ => Gated(first[i], first[hidden + i]),
        })];
        return Matrix(expert, 1).Apply(h);
    }

    private double Gated(double g, double v)
    {
        double limit = (float)_op.Limit.Value;
        double factor = limit == 0 ? v : Math.Min(Math.Max(v, -limit), limit);
        return Activated(g) * (factor + (float)_op.Beta.Value);
    }

    private double Activated(double g)
    {
        double limit = (float)_op.Limit.Value;
        double x = limit == 0 ? g : Math.Min(g, limit);
        return _op.Activation switch
        {
            ExpertActivation.Relu => Math.Max(x, 0),
            ExpertActivation.Gelu => 0.5 * x * SpecialFunctions.Erfc(-x / Math.Sqrt(2)),
            ExpertActivation.GeluTanh => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))),
            ExpertActivation.Silu => x / (1 + Math.Exp(-(float)_op.Alpha.Value * x)),
            _ => x,
        };
    }

    private Dense Matrix(int expert, int matrix)
    {
        int key = (expert * _op.Matrices) + matrix;
        return _matrices.TryGetValue(key, out Dense? known) ? known : _matrices[key] = Read(key);
    }

    private Dense Read(int key)
    {
        int per = _op.Stride / _op.Matrices;
        int at = FirstOfTail + (key * per);
        RefTensor w = _context.Tensor(at);
        double[]? bias = _op.Biases ? _context.Tensor(at + per - 1).F : null;
        if (!_op.Scaled)
        {
            return new Dense(w.F, (int)w.Dims[1], bias);
        }

        RefTensor scale = _context.Tensor(at + 1);
        RefTensor? zero = _op.ZeroPoints ? _context.Tensor(at + 2) : null;
        Func<int, int> map = Quantized.Map(w.Dims, scale, _op.BlockSize == 0 ? 1 : 0, _op.BlockSize);
        double[] values = [.. Enumerable.Range(0, w.Count).Select(i => (w.Number(i) - (zero?.Number(map(i)) ?? 0)) * scale.F[map(i)])];
        return new Dense(values, (int)w.Dims[1], bias);
    }

    private sealed record Dense(double[] Weight, int Columns, double[]? Bias)
    {
        public double[] Apply(double[] x)
        {
            double[] y = Bias is null ? new double[Columns] : [.. Bias];
            for (int i = 0; i < x.Length; i++)
            {
                for (int c = 0; c < Columns; c++)
                {
                    y[c] += x[i] * Weight[(i * Columns) + c];
                }
            }

            return y;
        }
    }
}
