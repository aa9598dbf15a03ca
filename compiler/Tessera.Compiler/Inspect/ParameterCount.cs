using Tessera.Nn;
using Tessera.Nn.Layers;

namespace Tessera.Compiler.Inspect;

/// <summary>
/// Parameters of a model by the three conventions that papers mix: the kernels of its blocks (matrices, no biases or gains),
/// everything in its blocks, and everything. Nothing is allocated.
/// </summary>
/// <param name="BlockKernels">Matrices inside transformer blocks.</param>
/// <param name="Blocks">All weights inside transformer blocks.</param>
/// <param name="All">All weights.</param>
public sealed record ParameterCount(long BlockKernels, long Blocks, long All)
{
    /// <param name="model">The model.</param>
    /// <param name="inBlock">Whether a weight of this path belongs to a block; by default when its path has a segment ending in <c>blocks</c>.</param>
    public static ParameterCount Of(Module model, Func<string, bool>? inBlock = null)
    {
        inBlock ??= IsInBlock;
        HashSet<Parameter> seen = new(ReferenceEqualityComparer.Instance);
        (long kernels, long blocks, long all) = (0, 0, 0);
        foreach ((string path, Parameter parameter) in ModuleTree.Parameters(model))
        {
            if (parameter.FileOnly || !seen.Add(parameter))
            {
                continue;
            }

            long size = parameter.Shape.Aggregate(1L, static (count, dim) => checked(count * dim.ConstValue!.Value));
            all += size;
            blocks += inBlock(path) ? size : 0;
            kernels += inBlock(path) && parameter.Shape.Rank > 1 ? size : 0;
        }

        return new ParameterCount(kernels, blocks, all);
    }

    /// <summary>
    /// Weights that one token goes through: all but those of the experts that it does not go to. Where experts differ in size, or choose
    /// their tokens, it is the mean.
    /// </summary>
    public static long Active(Module model)
    {
        decimal idle = 0;
        foreach (MoE mixture in ModuleTree.Modules(model).Select(static m => m.Module).OfType<MoE>().Distinct<MoE>(ReferenceEqualityComparer.Instance))
        {
            decimal share = Math.Min((decimal)mixture.Gate.Options.ExpertsPerToken / mixture.Experts.Count, 1);
            idle += Of(mixture.Experts).All * (1 - share);
        }

        return Of(model).All - (long)idle;
    }

    /// <summary>Whether a path leads into a list of blocks: one of its segments ends in <c>blocks</c>.</summary>
    public static bool IsInBlock(string path) => path.Split('.').Any(static s => s.EndsWith("blocks", StringComparison.Ordinal));
}
