using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Xunit;

namespace Tessera.Ir.Tests.Ops;

public class SparseTopKTests
{
    // 0.5 above the next is more than λ and every norm ask for: nothing may be left of the others, or an expert would have a weight.
    [Theory]
    [InlineData(4.0 / 3)]
    [InlineData(1.5)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_hard_selection_is_exactly_that_in_the_oracle_and_in_the_body(double p)
    {
        double[] x = [-0.3, 0.9, 0.1, -0.35, 1.1, 0.4];
        foreach ((bool magnitude, double[] expected) in new[] { (false, new[] { 0.0, 1, 0, 0, 1, 0 }), (true, [0, 0.9, 0, 0, 1.1, 0]) })
        {
            GraphBuilder g = new();
            SparseTopK op = new(g.Input("x", new TensorType(DType.F64, [6]))) { K = 2, Lambda = 0.01, P = p, Magnitude = magnitude };
            foreach (Value result in new[] { g.Emit(op), op.Decompose(g)[0] })
            {
                Assert.Equal(expected, Eval.Of(result, ("x", RefTensor.Floats(DType.F64, [6], x))).F);
            }
        }
    }
}
