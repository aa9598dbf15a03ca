namespace Tessera.Kernels.Cpu.Experts;

/// <summary>All blocks of a matrix in the order in which they lie.</summary>
internal struct PanelBlocks(PanelMatrix matrix)
{
    private int _group;
    private int _rowBlock;
    private int _panel = -1;

    public readonly PanelBlock Current => matrix.Block(_group, _rowBlock, _panel);

    public readonly PanelBlocks GetEnumerator() => this;

    public bool MoveNext()
    {
        if (matrix.Count == 0)
            return false;
        if (++_panel < matrix.GroupColumns(_group) / matrix.Panel)
            return true;
        _panel = 0;
        if (++_rowBlock < matrix.RowBlocks)
            return true;
        _rowBlock = 0;
        return ++_group < matrix.Groups;
    }
}
