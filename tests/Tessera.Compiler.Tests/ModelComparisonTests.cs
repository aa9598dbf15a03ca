using Tessera.Compiler.Verify;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Text;
using Tessera.Onnx;
using Xunit;

namespace Tessera.Compiler.Tests;

/// <summary>Two models run side by side: what differs is named, and what only one of them refuses is a difference.</summary>
public class ModelComparisonTests
{
    private const string Rows = """
        graph "rows" {
          input %x: f32[4]
          input %i: i64[2]
          %0 = gather %x, %i {axis = 0}
          output "y" = %0
        }
        """;

    [Fact]
    public void Models_that_compute_the_same_do_not_differ()
    {
        ComparedCase result = Compare(Rows, Rows, 0, 3);
        Assert.Equal((null, null, 0.0), (result.Difference, result.Refused, result.Largest));
    }

    [Fact]
    public void Element_that_differs_is_named()
    {
        ComparedCase result = Compare(Rows, Rows.Replace("output \"y\" = %0", "%1 = mul %0, %0\n  output \"y\" = %1", StringComparison.Ordinal), 0, 3);
        Assert.StartsWith("output 'y', element 1 of f32[2]: 4 before, 16 after", result.Difference, StringComparison.Ordinal);
        Assert.Null(result.Refused);
    }

    [Fact]
    public void What_only_one_model_refuses_is_a_difference()
    {
        const string Whole = """
            graph "whole" {
              input %x: f32[4]
              input %i: i64[2]
              %0 = slice %x {starts = [0], ends = [2], axes = [0]}
              output "y" = %0
            }
            """;
        ComparedCase first = Compare(Rows, Whole, 0, 9);
        ComparedCase second = Compare(Whole, Rows, 0, 9);
        Assert.All([first, second], static result =>
        {
            Assert.StartsWith("only one of them runs: ", result.Difference, StringComparison.Ordinal);
            Assert.Contains("indices element out of data bounds", result.Refused, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void What_both_models_refuse_is_none()
    {
        ComparedCase result = Compare(Rows, Rows, 0, 9);
        Assert.Null(result.Difference);
        Assert.Contains("indices element out of data bounds", result.Refused, StringComparison.Ordinal);
    }

    // Outputs are those of one name, wherever they stand.
    [Fact]
    public void Outputs_go_by_their_names()
    {
        const string Two = "output \"y\" = %0\n  output \"z\" = %1";
        string both = Rows.Replace("output \"y\" = %0", "%1 = neg %0\n  " + Two, StringComparison.Ordinal);
        Assert.Null(Compare(both, both.Replace(Two, "output \"z\" = %1\n  output \"y\" = %0", StringComparison.Ordinal), 0, 3).Difference);
        Assert.StartsWith("output 'y', ", Compare(both, both.Replace(Two, "output \"y\" = %1\n  output \"z\" = %0", StringComparison.Ordinal), 0, 3).Difference, StringComparison.Ordinal);
        Assert.Equal("the outputs are y against w", Compare(Rows, Rows.Replace("\"y\"", "\"w\"", StringComparison.Ordinal), 0, 3).Difference);
    }

    [Fact]
    public void What_overflows_in_one_model_is_left_out_of_extreme_cases_only()
    {
        RefTensor before = RefTensor.Floats(DType.F32, [3], [1, double.PositiveInfinity, 3]);
        RefTensor after = RefTensor.Floats(DType.F32, [3], [1, double.NaN, 3]);
        (IReadOnlyList<RefValue> e, IReadOnlyList<RefValue> a) = Overflows.LeaveOut([before], [after], [0]);
        Assert.Equal([1, 0, 3], ((RefTensor)e[0]).F);
        Assert.Equal([1, 0, 3], ((RefTensor)a[0]).F);
    }

    // x is 1, 2, 3, 4.
    private static ComparedCase Compare(string first, string second, params long[] indices) => Assert.Single(ModelComparison.Run(
        Bytes(first), Bytes(second),
        [new InputCase("given", new Dictionary<string, RefValue> { ["x"] = RefTensor.Floats(DType.F32, [4], [1, 2, 3, 4]), ["i"] = RefTensor.Ints(DType.I64, [2], indices) })],
        ModelComparison.Tolerance));

    private static byte[] Bytes(string text) => OnnxEmitter.Emit(Parser.Parse(text)).ToBytes();
}
