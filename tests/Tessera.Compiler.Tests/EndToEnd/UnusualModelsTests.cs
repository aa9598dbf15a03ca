using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Nn;
using Xunit;

namespace Tessera.Compiler.Tests.EndToEnd;

/// <summary>Models that no layer of the library is like, on drawn batches: packed is what each example is alone.</summary>
public class UnusualModelsTests
{
    private static readonly (string Name, Func<Module> Make, int Least)[] s_models =
    [
        ("prefix", static () => new PrefixModel(), 0),
        ("fixed context", static () => new FixedContext(), 1),
        ("second half", static () => new SecondHalf(), 0),
        ("token softmax", static () => new TokenSoftmax(), 0),
        ("scalars and pools", static () => new ScalarsAndPools(), 1),
    ];

    public static TheoryData<string, DType, bool> Cases()
    {
        TheoryData<string, DType, bool> cases = [];
        foreach ((string name, _, _) in s_models)
        {
            cases.Add(name, DType.F32, true);
            cases.Add(name, DType.F32, false);
            cases.Add(name, DType.F16, true);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Drawn_batches_give_what_each_example_gives_alone(string name, DType dtype, bool kernels)
    {
        (_, Func<Module> make, int least) = s_models.First(m => m.Name == name);
        using OrtModel model = OrtModel.Open(make(), Batching.Packed, dtype, kernels: kernels);
        Random random = new(7);
        foreach (int examples in new[] { 1, 2, 3, 5 })
        {
            int[] lengths = [.. Enumerable.Range(0, examples).Select(i => Math.Max(least, i % 2 == 1 ? 0 : random.Next(0, 12)))];
            Dictionary<string, RefValue>[] drawn = Examples.Draw(model.Single, lengths);
            RefTensor[][] reference = model.Reference(drawn);
            Closeness.Check(dtype, reference, model.Run(drawn, reference));
        }
    }
}
