/**
 * 签章检测. Loaded when somebody tests a lock, by seal.js.
 * @module
 */
export { sealTest, testSealOf } from "./seal/test.js";
