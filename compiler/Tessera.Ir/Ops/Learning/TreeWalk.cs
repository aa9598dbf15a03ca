using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>The way of a row through the trees of an ensemble.</summary>
internal sealed class TreeWalk(TreeEnsemble trees)
{
    private readonly double[] _splits = RefTensors.FromContent(trees.NodesSplits).F;
    private readonly long[] _modes = RefTensors.FromContent(trees.NodesModes).I;
    private readonly HashSet<double>?[] _members = trees.Members();

    /// <summary>The leaf that is reached from a node.</summary>
    /// <exception cref="TesseraException">TSR0301: the branches go round in a circle, or to a node or leaf that is not there.</exception>
    public int Leaf(int node, Func<int, double> feature)
    {
        for (int steps = 0; steps <= _splits.Length; steps++)
        {
            bool holds = Holds(node, feature((int)trees.NodesFeatureids[node]));
            int next = (int)(holds ? trees.NodesTruenodeids : trees.NodesFalsenodeids)[node];
            bool ends = (holds ? trees.NodesTrueleafs : trees.NodesFalseleafs)[node] != 0;
            if (next < 0 || next >= (ends ? trees.LeafTargetids.Count : _splits.Length))
            {
                throw new TesseraException("TSR0301", "", $"tree_ensemble: node {node} leads to {(ends ? "leaf" : "node")} {next}, which is not there.");
            }

            if (ends)
            {
                return next;
            }

            node = next;
        }

        throw new TesseraException("TSR0301", "", "tree_ensemble: the branches go round in a circle.");
    }

    private bool Holds(int node, double x)
    {
        bool tracks = node < trees.NodesMissingValueTracksTrue.Count && trees.NodesMissingValueTracksTrue[node] != 0;
        if (double.IsNaN(x) && tracks)
        {
            return true;
        }

        double split = _splits[node];
        return _modes[node] switch
        {
            0 => x <= split,
            1 => x < split,
            2 => x >= split,
            3 => x > split,
            4 => x == split,
            5 => x != split,
            _ => _members[node]!.Contains(x),
        };
    }
}
