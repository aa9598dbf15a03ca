namespace Tessera.Compiler.Draw;

/// <summary>
/// Places boxes in layers, each below all that lead to it. Lines that pass a layer get a place of their own in it; the order
/// within layers follows the middle of the neighbours, sweep by sweep; then every element moves as near to its neighbours as
/// its own neighbours in the layer allow.
/// </summary>
internal sealed class LayerLayout
{
    private const int OrderSweeps = 12;
    private const int PlaceSweeps = 16;
    private const double Between = 18;
    private const double LineWidth = 12;

    private readonly List<double> _width = [];
    private readonly List<List<int>> _layers = [];
    private readonly List<List<int>> _up = [];
    private readonly List<List<int>> _down = [];
    private readonly List<int> _layerOf = [];
    private double[] _x = [];

    private LayerLayout()
    {
    }

    /// <summary>Middle of each element, boxes first, then the places of lines in passing.</summary>
    public IReadOnlyList<double> X => _x;

    /// <summary>Layer of each element.</summary>
    public IReadOnlyList<int> LayerOf => _layerOf;

    public int Layers => _layers.Count;

    /// <summary>For each line, the elements that it passes from its first box to its last.</summary>
    public List<int[]> Routes { get; } = [];

    /// <param name="widths">Width of each box.</param>
    /// <param name="edges">Lines, which form no circle.</param>
    public static LayerLayout Of(IReadOnlyList<double> widths, IReadOnlyList<DrawnEdge> edges)
    {
        LayerLayout layout = new();
        int[] layer = Assign(widths.Count, edges);
        for (int i = 0; i < widths.Count; i++)
        {
            layout.Element(layer[i], widths[i]);
        }

        foreach (DrawnEdge edge in edges)
        {
            layout.Route(edge);
        }

        layout.Order();
        layout.Settle();
        return layout;
    }

    // The longest way from a start; a start itself stands right above its first user.
    private static int[] Assign(int count, IReadOnlyList<DrawnEdge> edges)
    {
        ILookup<int, int> down = edges.ToLookup(static e => e.From, static e => e.To);
        int[] waiting = new int[count];
        foreach (DrawnEdge edge in edges)
        {
            waiting[edge.To]++;
        }

        bool[] starts = [.. waiting.Select(static w => w == 0)];
        int[] layer = new int[count];
        Queue<int> ready = new(Enumerable.Range(0, count).Where(i => starts[i]));
        while (ready.TryDequeue(out int node))
        {
            foreach (int next in down[node])
            {
                layer[next] = Math.Max(layer[next], layer[node] + 1);
                if (--waiting[next] == 0)
                {
                    ready.Enqueue(next);
                }
            }
        }

        for (int i = 0; i < count; i++)
        {
            layer[i] = starts[i] && down.Contains(i) ? down[i].Min(n => layer[n]) - 1 : layer[i];
        }

        return layer;
    }

    private int Element(int layer, double width)
    {
        while (_layers.Count <= layer)
        {
            _layers.Add([]);
        }

        int element = _width.Count;
        _width.Add(width);
        _layerOf.Add(layer);
        _layers[layer].Add(element);
        _up.Add([]);
        _down.Add([]);
        return element;
    }

    private void Route(DrawnEdge edge)
    {
        List<int> route = [edge.From];
        for (int layer = _layerOf[edge.From] + 1; layer < _layerOf[edge.To]; layer++)
        {
            route.Add(Element(layer, LineWidth));
        }

        route.Add(edge.To);
        for (int i = 1; i < route.Count; i++)
        {
            _down[route[i - 1]].Add(route[i]);
            _up[route[i]].Add(route[i - 1]);
        }

        Routes.Add([.. route]);
    }

    private void Order()
    {
        double[] position = new double[_width.Count];
        foreach (List<int> layer in _layers)
        {
            Number(layer, position);
        }

        for (int sweep = 0; sweep < OrderSweeps; sweep++)
        {
            bool isDown = sweep % 2 == 0;
            for (int i = 0; i < _layers.Count; i++)
            {
                List<int> layer = _layers[isDown ? i : _layers.Count - 1 - i];
                List<List<int>> neighbours = isDown ? _up : _down;
                int[] ordered = [.. layer.OrderBy(e => neighbours[e].Count == 0 ? position[e] : neighbours[e].Average(n => position[n]))];
                layer.Clear();
                layer.AddRange(ordered);
                Number(layer, position);
            }
        }
    }

    private static void Number(List<int> layer, double[] position)
    {
        for (int i = 0; i < layer.Count; i++)
        {
            position[layer[i]] = (i + 0.5) / layer.Count;
        }
    }

    private void Settle()
    {
        _x = new double[_width.Count];
        foreach (List<int> layer in _layers)
        {
            double at = 0;
            foreach (int element in layer)
            {
                _x[element] = at + (_width[element] / 2);
                at += _width[element] + Between;
            }
        }

        for (int sweep = 0; sweep < PlaceSweeps; sweep++)
        {
            bool isDown = sweep % 2 == 0;
            for (int i = 0; i < _layers.Count; i++)
            {
                Settle(_layers[isDown ? i : _layers.Count - 1 - i], isDown ? _up : _down);
            }
        }

        double left = Enumerable.Range(0, _x.Length).Select(e => _x[e] - (_width[e] / 2)).DefaultIfEmpty().Min();
        for (int i = 0; i < _x.Length; i++)
        {
            _x[i] -= left;
        }
    }

    // A box stands in line with boxes; that a line passes beside them must not move it, or a trunk with branches would lean.
    private int[] Pulling(List<int> neighbours) => neighbours.Where(n => _width[n] > LineWidth).ToArray() is [_, ..] boxes ? boxes : [.. neighbours];

    // The places nearest to those wished for, in the order of the layer and apart: neighbours that would overlap move as one
    // block to the middle of their wishes (pool adjacent violators).
    private void Settle(List<int> layer, List<List<int>> neighbours)
    {
        List<(double Sum, double Weight, int Count)> blocks = [];
        double offset = 0;
        double[] offsets = new double[layer.Count];
        for (int i = 0; i < layer.Count; i++)
        {
            int element = layer[i];
            offset += i == 0 ? 0 : ((_width[layer[i - 1]] + _width[element]) / 2) + Between;
            offsets[i] = offset;
            int[] near = Pulling(neighbours[element]);
            double wish = near.Length == 0 ? _x[element] : near.Average(n => _x[n]);

            // Lines in passing give way: a trunk is to stand upright, a branch may bend.
            double weight = near.Length == 0 ? 0.1 : _width[element] <= LineWidth ? 0.01 : 1;
            (double Sum, double Weight, int Count) block = ((wish - offset) * weight, weight, 1);
            while (blocks.Count > 0 && blocks[^1].Sum / blocks[^1].Weight > block.Sum / block.Weight)
            {
                block = (block.Sum + blocks[^1].Sum, block.Weight + blocks[^1].Weight, block.Count + blocks[^1].Count);
                blocks.RemoveAt(blocks.Count - 1);
            }

            blocks.Add(block);
        }

        int at = 0;
        foreach ((double sum, double weight, int count) in blocks)
        {
            for (int i = 0; i < count; i++, at++)
            {
                _x[layer[at]] = (sum / weight) + offsets[at];
            }
        }
    }
}
