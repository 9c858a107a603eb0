/** A participant as a tree reads it, with its own parent. */
export type TreeRow<P> = {
  id: string;
  parentId: string | null;
  participant: P;
  direct: number;
  team: number;
};

/** A nested node. `children` holds what was read; `direct` and `team` count everybody. */
export type TreeNode<P> = { participant: P; direct: number; team: number; children: TreeNode<P>[] };

/** Nests rows under `rootId`. Rows whose parent was not read are left out. Null without the root. */
export function nestTree<P>(rows: readonly TreeRow<P>[], rootId: string): TreeNode<P> | null {
  const nodes = new Map(
    rows.map(({ id, participant, direct, team }) => [
      id,
      { participant, direct, team, children: [] as TreeNode<P>[] },
    ]),
  );
  for (const { id, parentId } of rows) {
    if (id === rootId || parentId === null) continue;
    nodes.get(parentId)?.children.push(nodes.get(id) as TreeNode<P>);
  }
  return nodes.get(rootId) ?? null;
}
