/** What a record of FRIEND_ADD (61) asks for, in its `value`. */
export const FRIEND_ASK = {
  /** Friends at once, which only the host application may. */
  befriend: 0,
  request: 1,
  accept: 2,
  refuse: 3,
} as const;
