using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Runtime;
using Xunit;

namespace Tessera.Compiler.Tests.EndToEnd;

/// <summary>What else lies in the batch, in which order, and whether it is finite changes nothing for an example.</summary>
public class NeighbourTests
{
    public static TheoryData<string, bool> Models()
    {
        TheoryData<string, bool> cases = [];
        foreach (string name in TestModels.Names)
        {
            cases.Add(name, true);
            cases.Add(name, false);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Nothing_of_a_neighbour_that_is_not_finite_leaks(string name, bool kernels)
    {
        using OrtModel model = OrtModel.Open(TestModels.Make(name), Batching.Packed, kernels: kernels);
        Dictionary<string, RefValue>[] examples = Examples.Draw(model.Single, Examples.Mixed);
        RefTensor[][] reference = model.Reference(examples);
        double[][][] calm = model.Run(examples, reference);
        foreach (double value in new[] { double.NaN, double.PositiveInfinity, 3e38 })
        {
            Dictionary<string, RefValue>[] wild = [examples[0], Examples.Filled(examples[1], value), examples[2], Examples.Filled(examples[3], value)];
            double[][][] got = model.Run(wild, reference);
            Assert.Equal(calm[0], got[0]);
            Assert.Equal(calm[2], got[2]);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Order_and_company_change_nothing(string name, bool kernels)
    {
        using OrtModel model = OrtModel.Open(TestModels.Make(name), Batching.Packed, kernels: kernels);
        Dictionary<string, RefValue>[] examples = Examples.Draw(model.Single, Examples.Mixed);
        RefTensor[][] reference = model.Reference(examples);
        double[][][] together = model.Run(examples, reference);
        int[] order = [3, 1, 0, 2];
        double[][][] reordered = model.Run([.. order.Select(i => examples[i])], [.. order.Select(i => reference[i])]);
        for (int i = 0; i < examples.Length; i++)
        {
            double[][] alone = model.Run([examples[i]], [reference[i]])[0];
            for (int output = 0; output < alone.Length; output++)
            {
                Assert.InRange(Closeness.Relative(together[i][output], alone[output]), 0, 1e-6);
                Assert.InRange(Closeness.Relative(together[i][output], reordered[Array.IndexOf(order, i)][output]), 0, 1e-6);
            }
        }
    }

    [Theory]
    [InlineData("navit")]
    [InlineData("parallel blocks")]
    public void Examples_of_one_length_in_another_order_give_the_same_bits(string name)
    {
        using OrtModel model = OrtModel.Open(TestModels.Make(name), Batching.Packed);
        Dictionary<string, RefValue>[] examples = Examples.Draw(model.Single, 6, 6, 6);
        RefTensor[][] reference = model.Reference(examples);
        double[][][] forth = model.Run(examples, reference);
        double[][][] back = model.Run([.. examples.Reverse()], [.. reference.Reverse()]);
        for (int i = 0; i < examples.Length; i++)
        {
            Assert.Equal(forth[i], back[^(i + 1)]);
        }
    }

    [Theory]
    [InlineData("navit", true)]
    [InlineData("navit", false)]
    [InlineData("class token", true)]
    [InlineData("cross encoder", true)]
    public void Three_hundred_examples_in_one_batch_give_what_each_gives_alone(string name, bool kernels)
    {
        using OrtModel model = OrtModel.Open(TestModels.Make(name), Batching.Packed, kernels: kernels);
        Dictionary<string, RefValue>[] examples = Examples.Draw(model.Single, [.. Enumerable.Range(0, 300).Select(static i => 1 + (i * 7 % 5))]);
        RefTensor[][] reference = model.Reference(examples);
        Closeness.Check(DType.F32, reference, model.Run(examples, reference));
    }

    [Theory]
    [InlineData(Batching.Packed)]
    [InlineData(Batching.Padded)]
    [InlineData(Batching.Dense)]
    public void Examples_of_one_token_are_examples(Batching form)
    {
        foreach (string name in TestModels.Names)
        {
            using OrtModel model = OrtModel.Open(TestModels.Make(name), form);
            Dictionary<string, RefValue>[] examples = Examples.Draw(model.Single, 1, 1);
            RefTensor[][] reference = model.Reference(examples);
            Closeness.Check(DType.F32, reference, model.Run(examples, reference));
        }
    }

    [Fact]
    public void A_batch_without_examples_is_refused()
    {
        TesseraRuntimeException error = Assert.Throws<TesseraRuntimeException>(
            static () => new BatchBuilder().AddTokens("patches", "n", Array.Empty<float[]>(), 12).Pack());
        Assert.Equal("TSR0730", error.Code);
    }
}
