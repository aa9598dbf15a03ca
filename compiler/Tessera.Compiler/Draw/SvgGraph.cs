using System.Globalization;

namespace Tessera.Compiler.Draw;

/// <summary>Draws a graph, data flowing downwards: boxes in the colour of their family, what they hand on beside the lines where there is room.</summary>
internal sealed class SvgGraph
{
    private const double Margin = 16;
    private const double Gap = 34;
    private const double TitleSize = 12;
    private const double LineSize = 10;
    private const double LabelSize = 9;
    private const int LongestTitle = 44;
    private const string Ink = "#5b6573";

    private readonly DrawnGraph _graph;
    private readonly LayerLayout _layout;
    private readonly double[] _width;
    private readonly double[] _height;
    private readonly double[] _layerTop;
    private readonly double[] _layerHeight;
    private readonly SvgText _svg = new();
    private readonly List<(double X, double Y)[]> _lines = [];
    private readonly List<(double X, double Y, double Width, double Height)> _labels = [];

    private SvgGraph(DrawnGraph graph)
    {
        _graph = graph;
        _width = [.. graph.Nodes.Select(static n => Math.Max(64, 18 + Math.Max(SvgText.Width(Title(n), TitleSize), n.Lines.Select(static l => SvgText.Width(Line(l), LineSize)).DefaultIfEmpty().Max())))];
        _height = [.. graph.Nodes.Select(static n => 24 + (13.0 * n.Lines.Count))];
        _layout = LayerLayout.Of(_width, graph.Edges);
        _layerHeight = new double[_layout.Layers];
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            int layer = _layout.LayerOf[i];
            _layerHeight[layer] = Math.Max(_layerHeight[layer], _height[i]);
        }

        double top = Margin + LegendHeight;
        _layerTop = [.. _layerHeight.Select(h => (top += h + Gap) - h - Gap)];
    }

    private static double LegendHeight => 26;

    public static string Draw(DrawnGraph graph) => new SvgGraph(graph).Draw();

    private string Draw()
    {
        double width = Enumerable.Range(0, _graph.Nodes.Count).Select(i => X(i) + (_width[i] / 2)).DefaultIfEmpty().Max() + Margin;
        double height = _layerTop.Length == 0 ? 60 : _layerTop[^1] + _layerHeight[^1] + Margin;
        width = Math.Max(width, Legend() + Margin);
        for (int i = 0; i < _graph.Edges.Count; i++)
        {
            Edge(i);
        }

        for (int i = 0; i < _graph.Nodes.Count; i++)
        {
            Node(i);
        }

        Labels(width);
        return _svg.Picture(width, height);
    }

    private static string Title(DrawnNode node) => SvgText.Short(node.Title, LongestTitle);

    private static string Line(string line) => SvgText.Short(line, LongestTitle);

    private double X(int element) => _layout.X[element] + Margin;

    private double Legend()
    {
        double x = Margin;
        foreach (OpFamily family in _graph.Nodes.Select(static n => n.Family).Distinct().Order())
        {
            _svg.Rectangle(x, Margin - 6, 12, 12, OpFamilies.Ground(family), Ink, 0.8, 2);
            _svg.Text(x + 17, Margin + 4, OpFamilies.Word(family), LineSize, "start");
            x += 17 + SvgText.Width(OpFamilies.Word(family), LineSize) + 14;
        }

        if (_graph.Nodes.Any(static n => n.IsMarked))
        {
            _svg.Rectangle(x, Margin - 6, 12, 12, "#ffffff", "#c2410c", 2.2, 2);
            _svg.Text(x + 17, Margin + 4, "rewritten", LineSize, "start");
            x += 17 + SvgText.Width("rewritten", LineSize) + 14;
        }

        return x;
    }

    private void Node(int i)
    {
        DrawnNode node = _graph.Nodes[i];
        (double x, double y) = (X(i), Top(i));
        _svg.Open(node.Tip);
        _svg.Rectangle(x - (_width[i] / 2), y, _width[i], _height[i], OpFamilies.Ground(node.Family), node.IsMarked ? "#c2410c" : Ink, node.IsMarked ? 2.4 : 1, node.Family == OpFamily.Interface ? 11 : 4);
        _svg.Text(x, y + 16, Title(node), TitleSize, bold: node.Family != OpFamily.Interface);
        for (int line = 0; line < node.Lines.Count; line++)
        {
            _svg.Text(x, y + 29 + (13 * line), Line(node.Lines[line]), LineSize, fill: "#3d4653");
        }

        _svg.Close();
    }

    // A box stands in the middle of its layer.
    private double Top(int i) => _layerTop[_layout.LayerOf[i]] + ((_layerHeight[_layout.LayerOf[i]] - _height[i]) / 2);

    private void Edge(int index)
    {
        int[] route = _layout.Routes[index];
        (int from, int to) = (route[0], route[^1]);
        List<(double X, double Y)> points = [(Spread(from, index, isStart: true), Top(from) + _height[from])];
        foreach (int passing in route[1..^1])
        {
            int layer = _layout.LayerOf[passing];
            points.Add((X(passing), _layerTop[layer]));
            points.Add((X(passing), _layerTop[layer] + _layerHeight[layer]));
        }

        points.Add((Spread(to, index, isStart: false), Top(to)));
        string data = $"M{SvgText.Number(points[0].X)} {SvgText.Number(points[0].Y)}";
        List<(double, double)> line = [points[0]];
        for (int i = 1; i < points.Count; i++)
        {
            data += Segment(points[i - 1], points[i], line);
        }

        _svg.Path(data, Ink, arrow: true);
        _lines.Add([.. line]);
    }

    private static string Segment((double X, double Y) a, (double X, double Y) b, List<(double, double)> line)
    {
        if (Math.Abs(a.X - b.X) < 0.5)
        {
            line.Add(b);
            return $"L{SvgText.Number(b.X)} {SvgText.Number(b.Y)}";
        }

        double middle = (a.Y + b.Y) / 2;
        for (int step = 1; step <= 8; step++)
        {
            double t = step / 8.0;
            double s = t * t * (3 - (2 * t));
            line.Add((a.X + ((b.X - a.X) * s), a.Y + ((b.Y - a.Y) * t)));
        }

        return string.Create(CultureInfo.InvariantCulture, $"C{SvgText.Number(a.X)} {SvgText.Number(middle)} {SvgText.Number(b.X)} {SvgText.Number(middle)} {SvgText.Number(b.X)} {SvgText.Number(b.Y)}");
    }

    // Several lines of a box begin and end side by side, in the order of where they lead.
    private double Spread(int node, int index, bool isStart)
    {
        int[] beside = [.. Enumerable.Range(0, _graph.Edges.Count).Where(e => (isStart ? _graph.Edges[e].From : _graph.Edges[e].To) == node)
            .OrderBy(e => X(isStart ? _layout.Routes[e][1] : _layout.Routes[e][^2]))];
        double room = Math.Min(14, (_width[node] - 16) / Math.Max(1, beside.Length));
        return X(node) + ((Array.IndexOf(beside, index) - ((beside.Length - 1) / 2.0)) * room);
    }

    // What a box hands on is the same on all its lines: it is told once, where neither a line nor another label is in the way.
    private void Labels(double width)
    {
        HashSet<int> told = [];
        for (int i = 0; i < _graph.Edges.Count; i++)
        {
            DrawnEdge edge = _graph.Edges[i];
            string label = SvgText.Short(edge.Label, LongestTitle);
            if (label.Length == 0 || told.Contains(edge.From))
            {
                continue;
            }

            (double x, double y) = _lines[i][0];
            double wide = SvgText.Width(label, LabelSize) + 4;
            foreach (double left in (double[])[x + 5, x - 5 - wide])
            {
                (double X, double Y, double Width, double Height) box = (left, y + 4, wide, LabelSize + 3);
                if (left >= 0 && left + wide <= width && IsFree(box))
                {
                    _labels.Add(box);
                    _svg.Text(left + 2, y + 4 + LabelSize, label, LabelSize, "start", "#6b7280");
                    told.Add(edge.From);
                    break;
                }
            }
        }
    }

    private bool IsFree((double X, double Y, double Width, double Height) box) =>
        !_labels.Any(l => l.X < box.X + box.Width && box.X < l.X + l.Width && l.Y < box.Y + box.Height && box.Y < l.Y + l.Height)
        && !Enumerable.Range(0, _graph.Nodes.Count).Any(i => X(i) - (_width[i] / 2) < box.X + box.Width && box.X < X(i) + (_width[i] / 2) && Top(i) < box.Y + box.Height && box.Y < Top(i) + _height[i])
        && !_lines.Any(line => Crosses(line, box));

    private static bool Crosses((double X, double Y)[] line, (double X, double Y, double Width, double Height) box)
    {
        for (int i = 1; i < line.Length; i++)
        {
            ((double ax, double ay), (double bx, double by)) = (line[i - 1], line[i]);
            if (Math.Max(ay, by) <= box.Y || Math.Min(ay, by) >= box.Y + box.Height)
            {
                continue;
            }

            // Where the line is within the height of the box.
            double At(double y) => Math.Abs(by - ay) < 1e-9 ? ax : ax + ((bx - ax) * Math.Clamp((y - ay) / (by - ay), 0, 1));
            (double p, double q) = (At(box.Y), At(box.Y + box.Height));
            if (Math.Max(p, q) > box.X - 1 && Math.Min(p, q) < box.X + box.Width + 1)
            {
                return true;
            }
        }

        return false;
    }
}
