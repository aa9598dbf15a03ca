using Tessera.Testing.Malformed;
using Xunit;

namespace Tessera.Cli.Tests;

/// <summary>A thousand damaged models, the same ones each time; tests/Tessera.Fuzz goes on from there.</summary>
public sealed class MutantTests : IDisposable
{
    private const int Mutants = 1000;
    private static readonly Lazy<IReadOnlyList<byte[]>> s_models = new(static () => [.. Testing.Malformed.Seeds.All(null)]);
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Damaged_models_are_read_or_refused_by_a_code()
    {
        string path = _folder[MalformedCase.File];
        for (int seed = 1; seed <= Mutants; seed++)
        {
            File.WriteAllBytes(path, ModelMutator.Mutate(s_models.Value, seed));
            string? defect = BoundedRun.OfFile(path, TimeSpan.FromSeconds(60)).Defect;
            Assert.True(defect is null, $"seed {seed}: {defect}");
        }
    }
}
